"""Protecting contributors, too: no organisation's figure can be worked out, not even by another that knows its own."""

from collections.abc import Mapping

from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.choose import Search
from duga.evidence.disclosure.rule import Dominance, by_contributor
from duga.plain.errors import Refused, gettext_noop


def sensitive(joint, dominance: Dominance, figures: Mapping[int, Mapping]) -> None:
    """Marks the cells that tell one contributor's figure, and how wide the doubt about them must be."""
    for n, grid in joint.grids.items():
        if n not in figures:
            raise Refused(gettext_noop("To protect contributors, give the figure of each in every innermost cell."))
        found = by_contributor(figures[n], grid.table)
        for i in grid.nonzero:
            need = dominance.need(found.get(grid.keys[i], {}).values())
            if need is not None:
                j = joint.of(n, i)
                joint.system.primary[j] = True
                joint.system.need[j] = max(joint.system.need[j], float(need))


def _alone(joint, hidden, figures: Mapping[int, Mapping]) -> dict[str, set[int]]:
    """For each contributor the hidden cells it knows, having filled them alone."""
    own: dict[str, set[int]] = {}
    for n, grid in joint.grids.items():
        found = by_contributor(figures.get(n, {}), grid.table)
        for i in grid.nonzero:
            j = joint.of(n, i)
            behind = [who for who, value in found.get(grid.keys[i], {}).items() if value > 0]
            if hidden[j] and len(behind) == 1:
                own.setdefault(behind[0], set()).add(j)
    return own


def told_by_contributors(joint, hidden, figures: Mapping[int, Mapping]) -> list[tuple]:
    """(key, contributor) of the hidden cells that a contributor can narrow too far, knowing the own figures."""
    if not figures:
        return []
    found = []
    for who, known in sorted(_alone(joint, hidden, figures).items()):
        rest = hidden.copy()
        rest[list(known)] = False
        attacker = Attacker(joint.system)
        attacker.hide(rest)
        found += [(joint.key_of(cell), who) for cell in attacker.open_cells(whole=True)]
    return found


def protect_contributors(joint, hidden, figures: Mapping[int, Mapping], secret: bytes | None):
    """Hides more until no contributor can take away the own figures and be left with another's."""
    system = joint.system
    while True:
        before = hidden.sum()
        for _, known in sorted(_alone(joint, hidden, figures).items()):
            kept = system.kept.copy()
            rest = hidden.copy()
            rest[list(known)] = False
            system.kept = kept | (hidden & ~rest)
            try:
                search = Search(system)
                search.circuits.begin(0, secret)
                hidden = hidden | search.grow(rest)
            finally:
                system.kept = kept
        if hidden.sum() == before:
            return hidden
