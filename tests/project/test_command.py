from kepu.project.command import VERBS, main


def test_usage_names_every_verb(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(verb in out for verb in VERBS)


def test_unknown_verb_is_refused(capsys):
    assert main(["fly"]) == 2
    assert "fly" in capsys.readouterr().err
