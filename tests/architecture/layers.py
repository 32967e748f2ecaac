"""The order of the apps, lowest first: each may use those before it."""

LAYERS = ("core", "accounts", "projects", "alerts", "requirements_app", "budget", "status")
LABELS = {"requirements_app": "requirements"}

# Modules that calculate: standard library and each other only.
PURE_MODULES = (
    "alerts.levels",
    "alerts.mail_times",
    "budget.alert_replay",
    "budget.burn_pace",
    "budget.burn_rules",
    "budget.earned_series",
    "budget.earned_value",
    "budget.earned_work",
    "budget.finding",
    "budget.pace_rules",
    "budget.past_figures",
    "budget.planned_value",
    "budget.progress_rules",
    "budget.recent_days",
    "budget.reporting_rules",
    "budget.rule_figures",
    "budget.rule_findings",
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
    "alerts/levels.py": "alert-rules.md",
    "alerts/mail_times.py": "alert-mails.md",
    "budget/burn_pace.py": "burn-pace.md",
    "budget/burn_rules.py": "alert-rules.md",
    "budget/earned_series.py": "earned-value.md",
    "budget/earned_value.py": "earned-value.md",
    "budget/earned_work.py": "earned-value.md",
    "budget/pace_rules.py": "alert-rules.md",
    "budget/planned_value.py": "earned-value.md",
    "budget/progress_rules.py": "alert-rules.md",
    "budget/recent_days.py": "alert-rules.md",
    "budget/reporting_rules.py": "alert-rules.md",
    "budget/rule_findings.py": "alert-rules.md",
    "projects/working_time.py": "working-time.md",
    "requirements_app/progress.py": "progress.md",
    "status/earned_indices.py": "earned-value.md",
    "status/indices.py": "indices.md",
}
