"""The order of the apps, lowest first: each may use those before it."""

LAYERS = ("core", "accounts", "projects", "alerts", "requirements_app", "budget", "status")
LABELS = {"requirements_app": "requirements"}

# Modules that calculate: standard library and each other only.
PURE_MODULES = (
    "alerts.mail_times",
    "budget.burn_pace",
    "budget.burn_rules",
    "budget.earned_series",
    "budget.earned_value",
    "budget.earned_work",
    "budget.planned_value",
    "projects.working_time",
    "requirements_app.progress",
    "status.burn_up_chart",
    "status.chart_labels",
    "status.earned_value_chart",
    "status.demo.burning",
    "status.sparkline",
)

# Which page under docs/calculations/ works each calculation through.
CALCULATIONS = {
    "alerts/mail_times.py": "alert-mails.md",
    "budget/burn_pace.py": "burn-pace.md",
    "budget/burn_rules.py": "alert-rules.md",
    "budget/earned_series.py": "earned-value.md",
    "budget/earned_value.py": "earned-value.md",
    "budget/earned_work.py": "earned-value.md",
    "budget/planned_value.py": "earned-value.md",
    "projects/working_time.py": "working-time.md",
    "requirements_app/progress.py": "progress.md",
    "status/earned_indices.py": "earned-value.md",
    "status/indices.py": "indices.md",
}
