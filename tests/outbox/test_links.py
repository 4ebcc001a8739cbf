from uuid import UUID, uuid4

from microcreds.outbox import links

UUID_OF_A_LINK = UUID("6f2c1a52-0a9c-4a53-9f3e-3a3b62a1f1de")


def test_a_token_is_256_bit_and_always_the_same_for_one_link():
    token = links.token_for(UUID_OF_A_LINK)

    assert len(token) == 43
    assert token == links.token_for(UUID_OF_A_LINK)
    assert token != links.token_for(uuid4())


def test_a_token_depends_on_the_key(settings):
    before = links.token_for(UUID_OF_A_LINK)
    settings.LINK_KEY = "another-key"

    assert links.token_for(UUID_OF_A_LINK) != before


def test_fill_makes_addresses_of_this_site_and_hide_makes_none():
    text = f"Open {links.placeholder(UUID_OF_A_LINK)} today."
    token = links.token_for(UUID_OF_A_LINK)

    assert links.fill(text) == f"Open http://testserver/partners/link/{token}/ today."
    assert links.hide(text) == "Open [personal link] today."


def test_what_only_looks_like_a_link_stays_text():
    for text in ("[[link:]]", "[[link:nonsense]]", f"[[link:{UUID_OF_A_LINK}", "{token}"):
        assert links.fill(text) == text


def test_any_token_can_be_looked_up_without_a_fault():
    assert len(links.sha256_of("é\ud800\x00" * 1000)) == 64
