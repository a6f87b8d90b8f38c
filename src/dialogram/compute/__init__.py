"""How many analyses are run: here, in processes, on a Dask cluster."""

from dialogram.compute.cluster import Cluster
from dialogram.compute.cohort import study_folder, study_table
from dialogram.compute.power import plan_study
from dialogram.compute.runner import Here, Processes, Runner

__all__ = ["Cluster", "Here", "Processes", "Runner", "plan_study", "study_folder", "study_table"]
