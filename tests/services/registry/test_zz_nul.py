from tests.services.registry.factories import *
from tests.services.registry.conftest import registry
def test_nul(registry):
    print(results(registry.bulk("register_persons",[person(1,name="a\x00b"), person(2)])))
def test_ref(registry):
    print(results(registry.bulk("register_households",[household("a\x00b"), household("x")])))
