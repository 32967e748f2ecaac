from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetConfig(AppConfig):
    name = "budget"
    verbose_name = _("Budget")

    def ready(self) -> None:
        # Registering the rules, how hours are proved, the link of confirmations and how they are told
        from budget import alert_rules, confirmation_act, confirmation_messages, proofs, slots  # noqa: F401
        from budget.rule_comparison import effects_of_rules
        from budget.time_import import check_timesheet, take_timesheet
        from budget.time_staging import forget_staged
        from budget.time_taking_back import take_timesheet_back, time_taking_back
        from projects.import_work import Handler, register_handler
        from projects.rule_effects import PROGRESS_RULE_EFFECTS
        from projects.slots import Tab, register_column, register_tab
        from projects.standstill import IDLE_TIME
        from projects.topics import register_topic
        from requirements_app.resting import register_use
        from requirements_app.slots import HOURS_THROUGH, OVER_ESTIMATE, PROJECT_BURN, WORK_ITEM_BURN, WORK_ITEM_ENTRIES

        register_topic("time", "view_hours")
        register_use(slots.items_with_hours)
        register_handler(
            "time_entries",
            Handler(check_timesheet, take_timesheet, time_taking_back, take_timesheet_back, forget_staged),
        )
        register_tab(Tab("time", _("Time"), "budget:time_entry_list", "view_hours", order=30))
        register_tab(Tab("confirmations", _("Confirmations"), "budget:confirmation_list", "view_hours", order=35))
        register_column(IDLE_TIME, slots.idle_time)
        register_column(PROGRESS_RULE_EFFECTS, effects_of_rules)
        register_column(WORK_ITEM_BURN, slots.used_minutes_of_items)
        register_column(PROJECT_BURN, slots.used_minutes_of_project)
        register_column(OVER_ESTIMATE, slots.over_estimate)
        register_column(HOURS_THROUGH, slots.hours_through)
        register_column(WORK_ITEM_ENTRIES, slots.entries_urls)
