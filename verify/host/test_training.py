"""The three sample models train, on the CPU and on the GPU."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_the_linear_regression_finds_its_line_on_the_cpu(proves: Proves) -> None:
    proves("training.linear_cpu")


def test_the_linear_regression_finds_its_line_on_the_gpu(proves: Proves) -> None:
    proves("training.linear_gpu")


def test_the_random_regression_s_loss_falls_on_the_cpu(proves: Proves) -> None:
    proves("training.random_cpu")


def test_the_random_regression_s_loss_falls_on_the_gpu(proves: Proves) -> None:
    proves("training.random_gpu")


def test_the_classifier_answers_with_probabilities_on_the_cpu(proves: Proves) -> None:
    proves("training.forward_cpu")


def test_the_classifier_answers_with_probabilities_on_the_gpu(proves: Proves) -> None:
    proves("training.forward_gpu")


def test_the_classifier_learns_on_the_cpu(proves: Proves) -> None:
    proves("training.classifier_cpu")


def test_the_classifier_learns_on_the_gpu(proves: Proves) -> None:
    proves("training.classifier_gpu")


def test_the_matmuls_of_fit_run_where_they_were_told(proves: Proves) -> None:
    proves("training.placement")


def test_gpu_and_cpu_train_to_the_same_model(proves: Proves) -> None:
    proves("training.agreement")
