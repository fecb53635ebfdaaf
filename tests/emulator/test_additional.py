"""More about each error, where a request asks for it."""

import pytest

MORE = "<showadditionalerrorinfo>true</showadditionalerrorinfo>"
LOOKUP = "<lookup><object>{}</object></lookup>"


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        (LOOKUP.format("NONSENSE"), {}),
        (LOOKUP.format("CUSTOMER"), {"authentication": "<sessionid>gone</sessionid>"}),
        (LOOKUP.format("CUSTOMER"), {"password": "wrong"}),
        ("<surprise/>", {}),
    ],
)
def test_every_level_of_error_has_it(post, function, settings):
    reply = post(function, extra=MORE, **settings)
    (error,) = reply.root.iter("error")
    assert [part.tag for part in error] == ["errorno", "description", "description2", "correction", "additionalinfo"]
    more = error.find("additionalinfo")
    assert [part.tag for part in more] == ["errorid", "category", "target", "description", "cdescription", "correction"]
    assert [part.tag for part in more.find("cdescription")] == ["messageid", "target", "placeholders"]
    support = more.find("target").get("requestinfo")
    assert support
    assert error.findtext("description2").endswith(f"[Support ID: {support}]")


def test_it_is_left_out_unless_asked_for_and_changes_no_success(post):
    assert b"additionalinfo" not in post(LOOKUP.format("NONSENSE")).body
    assert b"additionalinfo" not in post(LOOKUP.format("CUSTOMER"), extra=MORE).body


def test_the_spelling_of_the_documented_sample(post):
    reply = post(LOOKUP.format("NONSENSE"), extra=MORE)
    last = [list(target.attrib)[-1] for target in reply.root.iter("target")]
    assert last == ["businessinfo", "businessInfo", "businessInfo", "businessInfo"]
