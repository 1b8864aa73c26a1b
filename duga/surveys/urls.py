"""Addresses of surveys: /workspace/… for who designs and reviews, /collect/… for phones and who fills forms in."""

from duga.surveys.views.asking import addresses as asking
from duga.surveys.views.designs import addresses as designs
from duga.surveys.views.filling import addresses as filling
from duga.surveys.views.openrosa import addresses as openrosa
from duga.surveys.views.receiving import addresses as receiving

app_name = "surveys"
urlpatterns = [
    # designing forms
    *designs.urlpatterns,
    # links and rounds
    *asking.urlpatterns,
    # filling in, in the browser
    *filling.urlpatterns,
    # answers, for who reviews them and for programs with a key
    *receiving.urlpatterns,
    # phones: OpenRosa 1.0
    *openrosa.urlpatterns,
]
