"""A recipe: its name, its file, its log."""

import logging

import pytest

from flowlab.compat.lofar.baserecipe import BaseRecipe
from flowlab.errors import UsageError


class Mine(BaseRecipe):
    def go(self):
        super().go()
        self.outputs["given"] = self.inputs["given"]
        return 0


def test_a_recipe_goes(session, kept):
    recipe = Mine()
    recipe.inputs["given"] = 3
    assert recipe.go() == 0
    assert recipe.outputs == {"given": 3}
    assert kept.told() == [("INFO", "recipe Mine started")]


def test_it_logs_where_its_session_does(session):
    assert BaseRecipe().logger is session.logger
    assert BaseRecipe(session).logger is session.logger


def test_another_logger_may_stand_for_it(session):
    recipe = BaseRecipe()
    recipe.logger = logging.getLogger("mine")
    assert recipe.logger.name == "mine"
    recipe.logger = None
    assert recipe.logger is session.logger


def test_its_file_is_the_one_of_its_class():
    assert Mine().__file__ == __file__


def test_a_class_of_a_notebook_has_no_file():
    names = {"__name__": "of a notebook", "BaseRecipe": BaseRecipe}
    exec("class written(BaseRecipe): pass", names)
    with pytest.raises(
        UsageError, match="recipe 'written' stands in no file: name the node script"
    ):
        _ = names["written"]().__file__
