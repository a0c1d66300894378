"""Crossflow's tasks in a notebook: beside its cells, in one graph."""
# mirrors: flowlab/compat/crossflow where it meets the notebook's session

CALL = """
from flowlab.compat.crossflow import clients, tasks
client = clients.Client()
cat = tasks.SubprocessTask("cat a")
cat.set_inputs(["a"])
cat.set_outputs([tasks.STDOUT])
said = client.submit(cat, "file1.txt")
text = said.object
"""


def test_a_client_uses_the_notebooks_session_and_leaves_its_cells_alone(
    notebook, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file1.txt").write_text("one\n")
    notebook.run("%%task later -o five\nfive = 5")
    notebook.run(CALL)
    assert notebook.value("said.result()") == "one\n"
    session = notebook.workspace.session
    assert notebook.names["client"].session is session
    assert [task.name for task in session.declared] == ["later"]

    notebook.run("%%task both -o loud\nloud = text.upper() * five")
    notebook.run("%submit")
    assert notebook.value("%fetch loud") == "ONE\n" * 5
    notebook.run("cat.set_outputs(['a'])\nfile = client.submit(cat, 'file1.txt').object")
    notebook.run("%%task count -o lines\nlines = len(file.splitlines())")
    notebook.run("%submit")
    assert notebook.value("%fetch lines") == 1
    capsys.readouterr()
    notebook.run("%flowlab status")
    assert "cat/ " in capsys.readouterr().out


def test_closing_such_a_client_closes_nothing_of_the_notebooks(notebook):
    notebook.run("from flowlab.compat.crossflow import clients")
    notebook.run(
        "with clients.Client() as client:\n    number = client.submit(len, 'abc').result()"
    )
    assert notebook.names["number"] == 3
    notebook.run("%%task five -o five\nfive = 5")
    notebook.run("%submit")
    assert notebook.value("%fetch five") == 5
