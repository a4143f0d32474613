"""Study: lay out the study's folder, and record the program and the libraries that each stage runs with."""

from pipeline.core import atomic_files, stage_runner, study_template


def main() -> None:
    """Lay out the study that params.yaml names, before any stage asks DVC for a file that is optional."""
    with stage_runner.opened("study") as params:
        parts = params.places.interim / "parts.txt"
        parts.parent.mkdir(exist_ok=True)
        atomic_files.write(parts, "\n".join(sorted([*study_template.FILES, *study_template.FOLDERS])) + "\n")


if __name__ == "__main__":
    main()
