"""The Red Cross picture, small: eight weeks of calls through the actions, and the figures right by unit."""

from benchmarks.casework import replay


def test_the_picture_is_right_by_unit(cast):
    wanted, found, _steps = replay(cast.viewer("coordinator"), cast.niksic, share=0.001)
    assert found == wanted and wanted["parcel"] > wanted["persons"] > 0
