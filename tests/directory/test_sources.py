"""What came from elsewhere and found no place is shown and handed back; foreign terms are given a meaning."""

import io

import openpyxl
import pytest

from duga.directory import actions
from duga.directory.actions.exchange import import_hsds
from duga.directory.models import LooseRow, Service, Source, TaxonomyTerm
from duga.directory.queries import sources
from duga.plain.errors import NotAllowed, NotFound
from tests.directory import build
from tests.directory.test_search import found

pytestmark = pytest.mark.django_db
SERVICE = """[{"id": "a1", "name": "Topli obrok", "status": "active", "organization": {"id": "o1", "name": "Kuhinja"},
"attributes": [{"id": "x1", "taxonomy_term": {"id": "t1", "name": "Jelo", "taxonomy": "Oblasti"}}]}]"""
PACKAGE = {
    "services.csv": b"id,name,status,organization_id\r\na1,Topli obrok,active,o1\r\n",
    "organizations.csv": b"id,name,description\r\no1,Kuhinja,\r\n",
    "phones.csv": b"id,service_id,number\r\np1,nobody,+382 20 1\r\n",
}


@pytest.fixture
def source(cast):
    build.terms()
    told = {"by": cast.viewer("national"), "network_id": cast.me.pk, "source": "Grad", "country": "ME"}
    import_hsds(name="a.json", data=SERVICE.encode(), **told)
    import_hsds(name="p", data=PACKAGE, **told)
    return Source.objects.get()


def test_rows_without_a_place_are_shown_and_handed_back(client, sign_in, cast, source):
    assert LooseRow.objects.count() == 1
    sign_in("national")
    page = client.get(f"/workspace/directory/sources/{source.pk}/").content.decode()
    assert "p1" in page and "+382 20 1" in page and "nobody" in page
    data = client.get(f"/workspace/directory/sources/{source.pk}/rows.xlsx").content
    head, row = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    assert dict(zip(head[1:], row[1:], strict=True)) == {"id": "p1", "number": "'+382 20 1", "service_id": "nobody"}


def test_a_foreign_term_is_given_a_meaning_and_found_by_it(client, sign_in, cast, source):
    by, term = cast.viewer("national"), TaxonomyTerm.objects.get(name="Jelo")
    (told,) = sources.terms_from(by, source.pk)
    assert (told.name, told.borne, told.means) == ("Jelo", 1, "") and sources.sources_of(by)[0].terms == 1
    service = Service.objects.get(name="Topli obrok")
    assert service.pk not in found(needs=("food",))
    sign_in("national")
    asked = {"term": str(term.pk), "means": "needs:food"}
    assert client.post(f"/workspace/directory/sources/{source.pk}/", asked).status_code == 302
    assert found(needs=("food",)) == [service.pk]
    assert sources.terms_from(by, source.pk)[0].means == "needs:food" and sources.sources_of(by)[0].terms == 0
    actions.map_term(by=by, source_id=source.pk, term_id=term.pk, means="")
    assert found(needs=("food",)) == []


def test_only_who_curates_says_so_and_only_of_its_terms(cast, source):
    term = TaxonomyTerm.objects.get(name="Jelo")
    with pytest.raises(NotFound):
        actions.map_term(by=cast.viewer("national"), source_id=source.pk, term_id=term.pk, means="needs:nothing")
    own = TaxonomyTerm.objects.filter(taxonomy__key="needs").first()
    with pytest.raises(NotFound):
        actions.map_term(by=cast.viewer("national"), source_id=source.pk, term_id=own.pk, means="needs:food")
    with pytest.raises((NotAllowed, NotFound)):
        sources.source_for(cast.viewer("coordinator"), source.pk)


def test_a_fetch_forgets_no_mapping(cast, source):
    by = cast.viewer("national")
    source.fetched = {"mappings": {"abc": {"columns": {}}}, "etag": "1"}
    source.save()
    after = actions.note_fetch(by=by, source_id=source.pk, fetched={"etag": "2"})
    assert after.fetched == {"mappings": {"abc": {"columns": {}}}, "etag": "2"}
