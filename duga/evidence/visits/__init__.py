"""The counting layer of a snapshot: how many people were met where in which month, by the month they were met before.

For a set of words (say country and sex) a file has one row for each country, sex, month and *month before*: the month
in which the same person was last met under the same words (0: never). `n` says how many people. So different people
need no looking for: those of March to May are the rows of these months whose month before lies before March, added up;
those of each month are all its rows. Adding up some thousand numbers replaces a distinct count over millions of facts.

There is a file for every set of country, area, sex and age band, for people and for households. Most people stand under
the same words all their life and are counted through the finest set; the few who move, age or change their band are
looked at set by set, and named by number in `movers.parquet`. `met/<month>.parquet` (who was met, under which words)
lets a new month be added without reading the others anew.

Derived from the facts and left out of the fingerprint; without it everything is counted from the facts.
"""

from duga.evidence.visits.counting import KINDS, LAYOUT, SETS, Meetings, file_of, meetings
from duga.evidence.visits.reading import Quick, open_layer
from duga.evidence.visits.writing import Writer, differ

__all__ = ["KINDS", "LAYOUT", "SETS", "Meetings", "Quick", "Writer", "differ", "file_of", "meetings", "open_layer"]
