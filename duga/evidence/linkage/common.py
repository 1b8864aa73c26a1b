"""Names that many people bear: agreeing on one of them says less than agreeing on a rare one.

A public list, the same for everybody, so that two organisations call the same names common.
"""

from duga.plain.text import skeletons

_GIVEN = """
mohammad ahmad ali hussain hassan mahmud abdullah ibrahim omar yusuf khalid hamid mustafa said karim rahim
fatima zahra maryam aisha zainab leila amina khan ahmadi hussaini mohammadi rahimi karimi hosseini noori islam
marija jelena ana milica jovana ivana snezana vesna gordana ljiljana dragana mirjana nikola marko stefan luka milos
jovan petar aleksandar dragan zoran goran milan slobodan dusan vladimir filip djordje ivan josip
amra lejla emina amar emir adnan haris arta besa drita agim arben ilir fatmir besnik bujar
"""
_FAMILY = """
jovanovic petrovic nikolic markovic djordjevic stojanovic ilic stankovic pavlovic milosevic hodzic begic delic
halilovic horvat kovacevic babic maric juric novak stojanovski nikolovski petrovski trajkovski hoxha shehu krasniqi
gashi berisha rama popovic bajramovic hossain chowdhury miah uddin hassan haddad khalil sarkar malik iqbal shah butt
"""
COMMON = frozenset(sorted(skeletons(word))[0] for word in (_GIVEN + _FAMILY).split())
