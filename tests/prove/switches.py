"""Every protection that the product promises, how to take it away, and the tests that notice.

A replacement names a file and a text that stands in it exactly once; when the text is gone, the proof fails and this
list has to be brought up to date. A statement runs as the owner in the tests' own copies of the database.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """In ``path`` the text ``old`` becomes ``new``."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Switch:
    """One protection and what fails without it. Each of ``tests`` has to go red."""

    protection: str
    tests: tuple[str, ...]
    texts: tuple[Text, ...] = ()
    sql: str = ""


ACCESS = "projects/access.py"

SWITCHES = (
    # ── Who sees and does what ──────────────────────────────────────────────────────────────────────
    Switch(
        "a page asks for its capability",
        ("tests/requirements/test_views.py::test_pages_open_for_whoever_holds_the_capability",),
        (
            Text(
                ACCESS,
                "if not standing.can(capability):\n        raise PermissionDenied",
                "if False:\n        raise PermissionDenied",
            ),
        ),
    ),
    Switch(
        "a stranger learns nothing of a project",
        ("tests/requirements/test_views.py::test_strangers_learn_nothing",),
        (
            Text(
                ACCESS,
                "AND membership.user_id = %(user)s AND membership.ended_at IS NULL",
                "AND membership.ended_at IS NULL",
            ),
            Text(
                ACCESS,
                "        else:\n            continue\n",
                '        else:\n            side, role = Side.CLIENT, ORGANISATION_ROLES["portfolio_viewer"]\n',
            ),
        ),
    ),
    Switch(
        "whoever left takes no part any more",
        ("tests/projects/test_people_pages.py::test_member_end_takes_access_away_at_once",),
        (
            Text(
                "projects/models/people.py",
                "lte=day),\n            Q(ends_on__isnull=True) | Q(ends_on__gte=day),\n"
                "            ended_at__isnull=True,",
                "lte=day),\n            Q(ends_on__isnull=True) | Q(ends_on__gte=day),",
            ),
            Text(ACCESS, "%(user)s AND membership.ended_at IS NULL", "%(user)s"),
        ),
    ),
    Switch(
        "one side's activity stays with that side",
        ("tests/status/test_api.py::test_activity_is_told_to_its_audience",),
        (
            Text(
                "projects/audience.py",
                "return (Audience.BOTH, Audience(side))",
                "return (Audience.BOTH, *Audience.values)",
            ),
        ),
    ),
    Switch(
        "an internal note stays with its side",
        ("tests/projects/test_comments.py::test_other_side_learns_nothing_of_an_internal_note",),
        (
            Text(
                "projects/audience.py",
                "return (Audience.BOTH, Audience(side))",
                "return (Audience.BOTH, *Audience.values)",
            ),
        ),
    ),
    Switch(
        "search leaves out what side and role may not see",
        ("tests/projects/test_search.py::test_each_finds_what_side_and_role_may_see",),
        (
            Text(
                "projects/audience.py",
                "return (Audience.BOTH, Audience(side))",
                "return (Audience.BOTH, *Audience.values)",
            ),
        ),
    ),
    Switch(
        "an open page learns nothing once its reader has left",
        ("tests/projects/test_topics.py::test_whoever_left_learns_nothing_any_more",),
        (Text(ACCESS, "AND membership.ended_at IS NULL\n", "\n"),),
    ),
    Switch(
        "an upload that is cut short adds nothing",
        ("tests/core/test_whole_bodies.py::test_upload_that_is_cut_short_adds_nothing",),
        (Text("core/whole_bodies.py", "if not data and size != 0 and self._left > 0:", "if False:"),),
    ),
    Switch(
        "two uploads at once stay within the quota together",
        ("tests/projects/test_attachments_at_once.py::test_two_who_add_at_once_stay_within_the_quota_together",),
        (
            Text(
                "projects/actions/attachments.py",
                "Organisation.objects.select_for_update(no_key=True).get",
                "Organisation.objects.get",
            ),
        ),
    ),
    Switch(
        "earlier words of an internal note stay internal",
        ("tests/projects/test_comments_api.py::test_internal_note_is_nowhere_for_the_other_side",),
        (
            Text(
                "projects/discussions.py",
                "        Comment.objects.filter(project=standing.project)\n        .seen_by(standing.side)\n",
                "        Comment.objects.filter(project=standing.project)\n",
            ),
        ),
    ),
    Switch(
        "what a comment said before a change is kept by the database",
        ("tests/projects/test_comments.py::test_every_earlier_wording_can_be_read",),
        sql="DROP TRIGGER pgtrigger_update_update_ee88c ON projects_comment",
    ),
    Switch(
        "the same upload under the same key acts once",
        ("tests/projects/test_comments_api.py::test_upload_sent_twice_counts_once",),
        (Text("core/idempotency.py", "return [file.name, digest.hexdigest()]", "return [file.name]"),),
    ),
    Switch(
        "the versions of open pages tell a side nothing of the other",
        ("tests/projects/test_topics.py::test_each_learns_what_moved_for_them",),
        (
            Text(
                "projects/topics.py",
                "AND audience = ANY(CASE part.side WHEN 'client' THEN %(of_client)s ELSE %(of_vendor)s END)",
                "",
            ),
        ),
    ),
    Switch(
        "who lacks a capability does not read of what it shows",
        ("tests/projects/test_activity.py::test_each_reads_of_what_their_role_sees",),
        (
            Text(
                "projects/activity.py",
                "for name, verb in VERBS.items() if verb.capability in capabilities]",
                "for name in VERBS]",
            ),
        ),
    ),
    Switch(
        "who may read of no rate is not offered to look for rates",
        ("tests/status/test_activity_filter.py::test_only_subjects_are_offered_of_which_the_reader_reads",),
        (
            Text(
                "status/filters.py",
                "for name, verb in VERBS.items() if verb.capability in capabilities]",
                "for name in VERBS]",
            ),
        ),
    ),
    Switch(
        "what a role may not read of moves none of its open pages",
        ("tests/projects/test_activity.py::test_what_moved_unseen_moves_nobodys_page",),
        (
            Text(
                "projects/topics.py",
                'part = topic if seen_with in ("", TOPICS[topic]) else f"{topic}:{seen_with}"',
                "part = topic",
            ),
        ),
    ),
    Switch(
        "no rate can be worked out without the right to see rates",
        (
            "tests/budget/test_views.py::test_who_sees_money_and_no_rates_cannot_work_a_rate_out",
            "tests/budget/test_api.py::test_money_is_left_out_for_who_may_not_see_it",
        ),
        (
            Text(
                "budget/views.py",
                '"shows_amounts": standing.can("view_rates"),',
                '"shows_amounts": standing.can("view_money"),',
            ),
            Text(
                "budget/api.py",
                '"view_rates": ("hourly_rate", "amount")}',
                '"view_rates": ("hourly_rate",), "view_money": ("amount",)}',
            ),
        ),
    ),
    Switch(
        "alerts in money are for those who see money",
        ("tests/alerts/test_views.py::test_state_in_money_is_seen_by_those_who_see_money",),
        (Text("alerts/queries.py", 'if state.shows_money and not standing.can("view_money"):', "if False:"),),
    ),
    Switch(
        "raised alerts in money are for those who see money",
        ("tests/alerts/test_actions.py::test_amounts_are_told_only_to_those_who_may_see_money",),
        (Text("alerts/models/raised.py", "if not with_money:", "if False:"),),
    ),
    Switch(
        "an alert that its reader may not see is not counted in the inbox",
        (
            "tests/projects/test_inbox_and_outbox.py::test_messages_of_alerts_are_those_that_have_words",
            "tests/projects/test_inbox_and_outbox.py::test_an_alert_in_money_is_not_counted_without_money",
        ),
        (
            Text(
                "alerts/messages.py",
                ".filter(Q(shows_money=False) | Q(project__in=amounts), project__in=alerts)",
                ".filter(project__in=alerts)",
            ),
        ),
    ),
    Switch(
        "what one side keeps moves no number of the other",
        ("tests/projects/test_project_pages.py::test_project_status_counts_nothing_that_the_other_side_keeps",),
        (
            Text(
                "projects/standstill.py",
                "letters = mails_to_side_of(standing)",
                "letters = OutboxMessage.objects.filter(project=project)",
            ),
        ),
    ),
    Switch(
        "open pages count no message that is withheld from their reader",
        (
            "tests/projects/test_topics.py::test_the_inbox_counts_what_is_unread",
            "tests/projects/test_inbox_and_outbox.py::test_an_alert_in_money_is_not_counted_without_money",
        ),
        (
            Text(
                "projects/topics.py",
                "versions[INBOX] = count_unread(user, timezone.now())",
                "versions[INBOX] = user.messages.filter(channel='in_app', read_at=None).count()",
            ),
        ),
    ),
    Switch(
        "the vendor reads an alert once it was told",
        ("tests/alerts/test_actions.py::test_the_vendor_sees_an_alert_when_it_is_told",),
        (
            Text(
                "alerts/models/raised.py",
                "return seen if side == Side.CLIENT else seen.filter(vendor_told_at__lte=now)",
                "return seen",
            ),
        ),
    ),
    Switch(
        "a closed project is read-only",
        (
            "tests/requirements/test_views.py::test_closed_project_is_read_and_not_changed",
            "tests/budget/test_views.py::test_closed_project_is_read_and_not_changed",
        ),
        (
            Text(
                ACCESS, "if capability in WRITING and standing.project.is_read_only and not while_closed:", "if False:"
            ),
        ),
    ),
    Switch(
        "every page but the public ones asks to sign in",
        ("tests/access/test_every_route.py::test_a_personal_page_shows_ones_own[anonymous]",),
        (Text("oversight/settings.py", '    "django.contrib.auth.middleware.LoginRequiredMiddleware",\n', ""),),
    ),
    Switch(
        "a form from elsewhere is refused",
        ("tests/access/test_forgery.py::test_a_post_without_the_pages_token_changes_nothing",),
        (Text("oversight/settings.py", '    "django.middleware.csrf.CsrfViewMiddleware",\n', ""),),
    ),
    # ── Guessing ────────────────────────────────────────────────────────────────────────────────────
    Switch(
        "nobody learns from a request for a new password who has an account",
        ("tests/accounts/test_no_enumeration.py::test_asking_for_a_new_password_takes_the_same_work",),
        (
            Text(
                "oversight/settings.py",
                '    "reset_password": "accounts.sign_in_forms.PasswordRequestForm",\n',
                "",
            ),
        ),
    ),
    Switch(
        "links are guessed so often a minute and no more",
        ("tests/accounts/test_limits.py::test_all_links_of_all_kinds_count_together",),
        (Text("accounts/request_limits.py", 'seconds_to_wait("link", request, LINKS_PER_MINUTE)', "0"),),
    ),
    Switch(
        "tokens are guessed so often a minute and no more",
        ("tests/accounts/test_limits.py::test_wrong_tokens_of_the_api_are_limited_and_right_ones_are_not",),
        (
            Text(
                "projects/api_access.py",
                'if wait := seconds_to_wait("token", request, WRONG_TOKENS_PER_MINUTE):',
                "if wait := 0:",
            ),
        ),
    ),
    Switch(
        "passwords are guessed so often and no more, whichever process is asked",
        (
            "tests/accounts/test_limits.py::test_another_process_counts_on_where_this_one_was",
            "tests/accounts/test_sign_in.py::test_limit_on_one_address_is_counted_in_the_database",
        ),
        (
            Text(
                "oversight/settings.py",
                '"BACKEND": "django.core.cache.backends.db.DatabaseCache",\n        "LOCATION": "core_cache",',
                '"BACKEND": "django.core.cache.backends.locmem.LocMemCache",\n        "LOCATION": "core_cache",',
            ),
        ),
    ),
    Switch(
        "a password is nothing like its user's name",
        ("tests/accounts/test_limits.py::test_passwords_keep_to_the_rules_that_the_form_says",),
        (Text("oversight/settings.py", '("email", "name")', '("email",)'),),
    ),
    # ── Programs ────────────────────────────────────────────────────────────────────────────────────
    Switch(
        "a token is kept as a hash",
        ("tests/accounts/test_views.py::test_token_is_shown_once_and_works",),
        (Text("accounts/tokens.py", "return hashlib.sha256(token.encode()).hexdigest()", "return token[:64]"),),
    ),
    Switch(
        "a token ends with its day",
        ("tests/projects/test_api_access.py::test_token_ends_with_its_day_its_revocation_and_its_user",),
        (
            Text(
                "accounts/models.py",
                "Q(expires_at__isnull=True) | Q(expires_at__gt=moment), revoked_at__isnull=True, user__is_active=True",
                "revoked_at__isnull=True, user__is_active=True",
            ),
        ),
    ),
    Switch(
        "a token to read writes nothing",
        ("tests/projects/test_api_access.py::test_token_to_read_writes_nothing",),
        (
            Text(
                "projects/api_access.py",
                "if request.method not in SAFE_METHODS and ApiToken.Scope.WRITE not in request.auth.scopes:",
                "if False:",
            ),
        ),
    ),
    Switch(
        "an action of the API without a capability is closed",
        ("tests/projects/test_api_access.py::test_action_without_a_capability_is_refused",),
        (
            Text(
                "projects/api_access.py",
                "if wanted is None:\n            return False",
                "if wanted is None:\n            return True",
            ),
        ),
    ),
    Switch(
        "of two who wait for each other one begins anew, also within a POST that has a key",
        (
            "tests/core/test_deadlocks.py::test_a_post_with_a_key_begins_anew_too",
            "tests/core/test_deadlocks.py::test_who_was_ended_by_a_deadlock_begins_anew",
        ),
        (
            Text(
                "core/deadlocks.py",
                'if getattr(error.__cause__, "pgcode", "") != DEADLOCK_DETECTED or connection.in_atomic_block:',
                "if True:",
            ),
        ),
    ),
    Switch(
        "two who report on one item wait for each other",
        ("tests/requirements/test_progress_at_once.py::test_reports_at_once_wait_for_each_other",),
        (Text("requirements_app/actions.py", "WorkItem.objects.select_for_update(no_key=True)", "WorkItem.objects"),),
    ),
    Switch(
        "a POST that is sent twice acts once",
        (
            "tests/core/test_idempotency.py::test_repeat_acts_once_and_gets_the_first_answer",
            "tests/core/test_idempotency.py::test_two_at_once_act_once",
        ),
        (Text("core/idempotency.py", "WHERE known.created_at < %s\n", "WHERE known.created_at < %s OR true\n"),),
    ),
    # ── Alerts and messages ─────────────────────────────────────────────────────────────────────────
    Switch(
        "two evaluations of a project wait for each other",
        ("tests/alerts/test_locks.py::test_of_two_evaluations_one_waits",),
        (
            Text(
                "alerts/actions/evaluation.py",
                "SELECT project_id, {function}({EVALUATION_LOCK}, hashed)::text",
                "SELECT project_id, hashed::text",
            ),
        ),
    ),
    Switch(
        "a mark that came during an evaluation stays",
        ("tests/alerts/test_locks.py::test_a_mark_that_came_during_an_evaluation_stays",),
        (
            Text(
                "alerts/actions/evaluation.py",
                "Mark.objects.filter(pk__in=[mark[0] for mark in marks]).delete()",
                "Mark.objects.filter(project__in=taken).delete()",
            ),
        ),
    ),
    Switch(
        "the database takes an alert once",
        ("tests/alerts/test_locks.py::test_the_database_takes_an_alert_once",),
        sql="ALTER TABLE alerts_alert DROP CONSTRAINT alert_raised_once",
    ),
    Switch(
        "a project that trips holds up no other",
        (
            "tests/alerts/test_sweeping.py::test_one_that_trips_among_many_is_put_off_alone",
            "tests/alerts/test_actions.py::test_one_project_that_fails_holds_up_no_other",
        ),
        (
            Text(
                "alerts/actions/sweeping.py",
                "return sum(evaluate_or_put_off(project_id, now) for project_id in project_ids)",
                "raise",
            ),
        ),
    ),
    Switch(
        "a project that took its worker with it is counted before it is tried again",
        (
            "tests/alerts/test_sweeping.py::test_one_that_took_its_worker_with_it_counts_as_failed_before_it_is_tried_again",
        ),
        (
            Text(
                "alerts/actions/sweeping.py",
                '_put_off(project_id, now, "The worker ended while it judged this project.")',
                "pass",
            ),
        ),
    ),
    Switch(
        "a sweep leaves a project that is being judged to whoever judges it",
        ("tests/alerts/test_locks.py::test_a_project_that_is_being_judged_holds_up_no_other",),
        (
            Text(
                "alerts/actions/sweeping.py",
                "evaluate_all(project_ids, now, wait=False)",
                "evaluate_all(project_ids, now)",
            ),
        ),
    ),
    Switch(
        "a new budget arms a rule anew",
        ("tests/alerts/test_sweeping.py::test_a_new_budget_arms_a_rule_that_still_stands",),
        (
            Text(
                "alerts/actions/evaluation.py",
                "moved = before is not None and bool(before.basis) and before.basis != judgement.basis",
                "moved = False",
            ),
        ),
    ),
    Switch(
        "what a part cost is told only to who sees rates",
        ("tests/status/test_earned_value_page.py::test_amounts_are_shown_to_who_may_see_them",),
        (
            Text(
                "budget/earned_queries.py",
                'return standing.can("view_money") and (is_whole or standing.can("view_rates"))',
                'return standing.can("view_money")',
            ),
        ),
    ),
    Switch(
        "an item's planned days are in order",
        ("tests/requirements/test_planned_days.py::test_database_refuses_a_finish_before_the_start",),
        sql="ALTER TABLE requirements_workitem DROP CONSTRAINT work_item_finishes_after_start",
    ),
    Switch(
        "a branch is summed from the first day that differs, and not from a later one",
        ("tests/budget/test_earned_history.py::test_kept_series_equals_the_whole_one_after_every_act",),
        (Text("budget/earned_history.py", "day < known.since_on", "day > known.since_on"),),
    ),
    Switch(
        "a late change is worked into the days behind it",
        ("tests/budget/test_earned_history.py::test_kept_series_equals_the_whole_one_after_every_act",),
        sql="ALTER TABLE requirements_progressreport DISABLE TRIGGER append_marks_on_insert",
    ),
    # ── Alert rules ─────────────────────────────────────────────────────────────────────────────────
    Switch(
        "a project has one setting for a rule",
        ("tests/alerts/test_rule_settings.py::test_the_database_takes_one_setting_of_a_rule",),
        sql="ALTER TABLE alerts_projectrule DROP CONSTRAINT one_rule_setting_per_project_and_scale",
    ),
    Switch(
        "levels are set together",
        ("tests/alerts/test_rule_settings.py::test_the_database_refuses_them_too[1, NULL, 3]",),
        sql="ALTER TABLE alerts_projectrule DROP CONSTRAINT project_levels_are_set_together",
    ),
    Switch(
        "levels go one way, and are numbers",
        (
            "tests/alerts/test_rule_settings.py::test_the_database_refuses_them_too[1, 3, 2]",
            "tests/alerts/test_rule_settings.py::test_the_database_refuses_them_too[1, 2, 'NaN']",
        ),
        sql="ALTER TABLE alerts_projectrule DROP CONSTRAINT project_levels_go_one_way",
    ),
    Switch(
        "other thresholds of a project are judged at once",
        ("tests/alerts/test_rule_settings.py::test_other_thresholds_are_judged_at_once",),
        sql="DROP TRIGGER append_marks_on_update ON alerts_projectrule;"
        " DROP TRIGGER append_marks_on_insert ON alerts_projectrule",
    ),
    Switch(
        "other usual thresholds mark every project that follows them",
        ("tests/alerts/test_rule_settings.py::test_a_change_marks_the_project_and_a_usual_one_all_that_follow",),
        sql="DROP TRIGGER append_marks_on_update ON alerts_organisationrule;"
        " DROP TRIGGER append_marks_on_insert ON alerts_organisationrule",
    ),
    Switch(
        "who is assigned, and when a side works, marks the project",
        (
            "tests/budget/test_alert_figures.py::test_whoever_changes_people_or_calendars_marks_the_project[person]",
            "tests/budget/test_alert_figures.py::test_whoever_changes_people_or_calendars_marks_the_project[calendar]",
        ),
        sql="DROP TRIGGER append_marks_on_update ON projects_projectperson;"
        " DROP TRIGGER append_marks_on_update ON projects_sidecalendar",
    ),
    Switch(
        "a stale writer does not overwrite the setting of a rule",
        ("tests/alerts/test_rule_settings.py::test_a_stale_writer_is_told_what_stands",),
        (
            Text(
                "alerts/actions/rules.py",
                "if not is_new and expected_version != rule.version:",
                "if False:",
            ),
        ),
    ),
    Switch(
        "the vendor is not told from where a notice begins",
        (
            "tests/alerts/test_rule_settings.py::test_the_vendor_reads_what_it_may_be_told_and_no_more",
            "tests/alerts/test_rule_settings.py::test_the_vendors_program_learns_no_more_than_its_page",
        ),
        (
            Text("alerts/rule_queries.py", "with_notice=standing.is_client)", "with_notice=True)"),
            Text(
                "templates/alerts/rule_list.html",
                '{% if standing.is_client %}<td class="n">',
                '{% if 1 %}<td class="n">',
            ),
            Text("alerts/rule_api.py", "if standing is not None and not standing.is_client:", "if False:"),
        ),
    ),
    Switch(
        "usual settings are set by who looks after the organisation",
        (
            "tests/alerts/test_rule_settings.py::test_usual_settings_are_closed_to_who_does_not_look_after_the_organisation",
        ),
        (
            Text(
                "alerts/organisation_rule_views.py",
                "get_object_or_404(organisations_administered_by(request.user), uuid=organisation_uuid)",
                "get_object_or_404(Organisation, uuid=organisation_uuid)",
            ),
        ),
    ),
    Switch(
        "a side is told of an alert once",
        ("tests/alerts/test_telling.py::test_the_database_lets_a_side_be_told_once",),
        sql="ALTER TABLE alerts_toldside DROP CONSTRAINT a_side_is_told_once",
    ),
    Switch(
        "each side acknowledges for itself",
        (
            "tests/alerts/test_telling.py::test_one_sides_acknowledgement_leaves_the_others_open",
            "tests/status/test_views.py::test_count_follows_role_side_and_acknowledgement",
        ),
        (
            Text(
                "alerts/actions/answers.py",
                "waiting = ToldSide.objects.filter(alert__in=seen, side=side, acknowledged_at=None)",
                "waiting = ToldSide.objects.filter(alert__in=seen, acknowledged_at=None)",
            ),
            Text(
                "alerts/queries.py",
                'ToldSide.objects.filter(alert=OuterRef("pk"), side=side, acknowledged_at__isnull=False)',
                'ToldSide.objects.filter(alert=OuterRef("pk"), acknowledged_at__isnull=False)',
            ),
        ),
    ),
    Switch(
        "a muted rule is silent for its side",
        ("tests/alerts/test_telling.py::test_a_muted_rule_tells_its_side_nothing_and_the_other_all",),
        (Text("alerts/actions/telling.py", 'and not getattr(alert, f"{side}_muted")\n            ]', "]"),),
    ),
    Switch(
        "before an alert is passed on, it is asked whether somebody has seen it",
        ("tests/alerts/test_telling.py::test_what_is_acknowledged_before_the_mail_leaves_is_withheld",),
        (
            Text(
                "alerts/messages.py",
                "lines = [line for line in lines if not line.has_cleared and side not in line.acknowledged_by]",
                "lines = [line for line in lines if side]",
            ),
        ),
    ),
    Switch(
        "a mail that somebody is sending takes in nothing more",
        ("tests/alerts/test_telling.py::test_what_rises_while_the_mail_is_being_sent_goes_in_another_one",),
        (
            Text(
                "projects/models/messages.py",
                "return Q(state=cls.State.WAITING, attempts=0, leased_until__isnull=True)",
                "return Q(state=cls.State.WAITING)",
            ),
        ),
    ),
    Switch(
        "leases run by the database's clock",
        ("tests/projects/test_outbox.py::test_a_worker_whose_clock_is_ahead_takes_nobodys_message",),
        (
            Text(
                "projects/outbox.py",
                "now = now or database_now()\n    with transaction.atomic():",
                "now = now or timezone.now()\n    with transaction.atomic():",
            ),
        ),
    ),
    Switch(
        "a mail that breaks the server holds up no other",
        ("tests/projects/test_outbox.py::test_a_mail_that_breaks_the_server_holds_up_no_other",),
        (Text("projects/outbox.py", '.order_by("attempts", "due_at", "pk")[:limit]', '.order_by("pk")[:limit]'),),
    ),
    Switch(
        "a clock that jumps does not stop beat",
        ("tests/core/test_life.py::test_a_clock_that_jumps_neither_stops_beat_nor_hurries_it",),
        (
            Text("core/beat.py", "if self.due[name] <= time.monotonic()]", "if self.due[name] <= time.time()]"),
            Text(
                "core/beat.py",
                "self.due[entry.name] = time.monotonic() +",
                "self.due[entry.name] = time.time() +",
            ),
        ),
    ),
    Switch(
        "a worker that takes nothing ends itself",
        ("tests/core/test_life.py::test_a_worker_that_takes_nothing_ends_itself",),
        (Text("core/worker_life.py", "os.kill(os.getpid(), signal.SIGTERM)\n", "return\n"),),
    ),
    Switch(
        "a kept sum that differs from its entries is found",
        ("tests/alerts/test_canary.py::test_a_sum_that_was_written_past_the_triggers_is_found_told_and_mended",),
        (Text("budget/proofs.py", "    yield from differing_sums(projects)\n", ""),),
    ),
    Switch(
        "a kept state that the rules would not leave is found",
        ("tests/alerts/test_canary.py::test_a_state_that_the_rules_would_not_leave_is_found_and_judged_anew",),
        (Text("alerts/actions/reconciling.py", "if change.state.level != change.was:", "if False:"),),
    ),
    Switch(
        "each side sees its own undelivered mails",
        ("tests/projects/test_undelivered.py::test_each_side_sees_the_mails_to_its_own_people",),
        (
            Text(
                "projects/undelivered.py",
                "Membership.objects.filter(project=standing.project, side=standing.side)",
                "Membership.objects.filter(project=standing.project)",
            ),
        ),
    ),
    Switch(
        "the same event is told once",
        ("tests/projects/test_outbox.py::test_the_same_event_is_told_once",),
        (
            Text(
                "projects/outbox.py",
                'dedupe_key=f"{dedupe}:{channel}:{person.pk}"',
                'dedupe_key=f"{dedupe}:{channel}:{person.pk}:{timezone.now()}"',
            ),
        ),
    ),
    Switch(
        "two workers never hold the same message",
        ("tests/projects/test_outbox.py::test_a_claimed_message_is_nobody_elses",),
        (Text("projects/outbox.py", "message.leased_until = now + LEASE", "message.leased_until = None"),),
    ),
    Switch(
        "a dead worker's lease runs out",
        ("tests/projects/test_outbox.py::test_a_dead_workers_lease_runs_out",),
        (
            Text(
                "projects/models/messages.py",
                "Q(leased_until__isnull=True) | Q(leased_until__lte=moment)",
                "Q(leased_until__isnull=True)",
            ),
        ),
    ),
    Switch(
        "before sending, the right to know is asked again",
        (
            "tests/projects/test_outbox.py::test_one_side_is_not_told_what_the_other_keeps",
            "tests/projects/test_outbox.py::test_who_lost_the_capability_is_told_nothing",
        ),
        (
            Text(
                "projects/outbox.py",
                "if wording is None:\n            held.update(state=OutboxMessage.State.WITHHELD",
                'if wording is None:\n            wording = Wording("Told", "Told", "Told", "/")\n'
                "        if False:\n            held.update(state=OutboxMessage.State.WITHHELD",
            ),
        ),
    ),
    Switch(
        "what is withheld is neither listed nor counted",
        (
            "tests/projects/test_inbox_and_outbox.py::test_what_is_withheld_is_not_counted",
            "tests/projects/test_inbox_and_outbox.py::test_the_inbox_lists_what_has_words",
        ),
        (Text("projects/inbox.py", "            _still_told(Reader(user, now, today or now.date())),\n", ""),),
    ),
    # ── Figures ─────────────────────────────────────────────────────────────────────────────────────
    Switch(
        "the sums are kept by the database",
        ("tests/budget/test_time_entries.py::test_rollups_equal_sums_from_scratch",),
        sql="ALTER TABLE budget_timeentry DISABLE TRIGGER add_up_on_insert",
    ),
    Switch(
        "nobody empties the entries at once",
        ("tests/budget/test_time_entries.py::test_not_even_the_owner_empties_entries_at_once",),
        sql="DROP TRIGGER refuse_truncate ON budget_timeentry",
    ),
    Switch(
        "the application writes no sums of its own",
        ("tests/budget/test_time_entries.py::test_application_cannot_write_a_rollup",),
        sql="GRANT ALL ON budget_itemburn, budget_dayburn, budget_personweekburn TO PUBLIC",
    ),
    Switch(
        "a source's entry counts once",
        ("tests/budget/test_time_entries.py::test_same_source_id_counts_once",),
        (
            Text(
                "budget/time_entry_insert.py",
                "return self.key if self.source_id is None else identity_of_name(project.pk, self.source_id)",
                "return self.key",
            ),
        ),
    ),
    Switch(
        "an entry is taken back once",
        ("tests/budget/test_time_entries.py::test_the_database_lets_an_entry_be_taken_back_once",),
        sql="DROP INDEX an_entry_is_taken_back_once",
    ),
    Switch(
        "no row leads into another project",
        ("tests/budget/test_time_entries.py::test_item_of_another_project_is_refused_by_the_database",),
        sql="DROP TRIGGER a_key_on_insert_entry_item_same_project ON budget_timeentry",
    ),
    Switch(
        "no row is led into another project",
        ("tests/budget/test_entry_keys.py::test_an_update_is_held_to_the_same",),
        sql="DROP TRIGGER a_key_on_update_entry_item_same_project ON budget_timeentry",
    ),
    Switch(
        "what time entries name does not go",
        ("tests/budget/test_entry_keys.py::test_what_entries_name_can_neither_go_nor_change_its_key",),
        sql="DROP TRIGGER a_key_on_delete_entry_item_same_project ON requirements_workitem",
    ),
    Switch(
        "what is about to be named is not about to go",
        ("tests/budget/test_entry_keys.py::test_an_item_waits_for_its_entry_and_then_stays",),
        # The function stands in the database: the text that made it would change nothing there.
        sql="DO $$ BEGIN EXECUTE replace(pg_get_functiondef('entry_item_same_project_names_what_is'::regproc),"
        " ' FOR KEY SHARE OF target', ''); END $$",
    ),
    Switch(
        "of two edits of one version one is refused",
        (
            "tests/requirements/test_actions.py::test_change_refuses_a_stale_version_and_brings_what_stands",
            "tests/projects/test_people_pages.py::test_person_edit_shows_both_texts_when_somebody_was_faster",
            "tests/projects/test_terms_pages.py::test_calendar_edit_shows_both_texts_when_somebody_was_faster",
        ),
        (Text("core/versions.py", "filter(pk=instance.pk, version=expected_version)", "filter(pk=instance.pk)"),),
    ),
    Switch(
        "what the vendor was asked to confirm stays",
        ("tests/budget/test_confirmations.py::test_the_database_keeps_what_was_asked",),
        sql="DROP TRIGGER pgtrigger_what_was_asked_stays_540a9 ON budget_recordconfirmation",
    ),
    # ── Files and links ─────────────────────────────────────────────────────────────────────────────
    Switch(
        "an import writes what was seen",
        (
            "tests/budget/test_time_import.py::test_what_changed_since_the_preview_refuses_the_taking",
            "tests/requirements/test_estimate_import.py::test_an_item_changed_since_the_preview_refuses_the_commit",
        ),
        (Text("projects/import_files.py", "if not preview_hash or preview_hash != checked.fingerprint:", "if False:"),),
    ),
    Switch(
        "a file is taken once",
        ("tests/budget/test_time_import.py::test_a_batch_is_taken_once",),
        (Text("projects/import_files.py", "if locked.state == ImportBatch.State.COMMITTED:", "if False:"),),
    ),
    Switch(
        "one worker has a file at a time",
        ("tests/budget/test_import_work.py::test_another_worker_takes_over_from_one_that_was_killed",),
        (
            Text(
                "projects/import_work.py",
                'Q(leased_until=None) | Q(leased_until__lt=now), pk=batch_key, failure="")',
                'pk=batch_key, failure="")',
            ),
        ),
    ),
    Switch(
        "a dead worker's file is taken over",
        ("tests/budget/test_import_work.py::test_another_worker_takes_over_from_one_that_was_killed",),
        (
            Text(
                "projects/import_work.py",
                'Q(leased_until=None) | Q(leased_until__lt=now), pk=batch_key, failure="")',
                'Q(leased_until=None), pk=batch_key, failure="")',
            ),
        ),
    ),
    Switch(
        "a worker that lost its file stops",
        ("tests/budget/test_import_work.py::test_a_worker_that_slept_through_its_lease_writes_nothing",),
        (Text("projects/import_work.py", "filter(pk=work.pk, attempts=work.attempts)", "filter(pk=work.pk)"),),
    ),
    Switch(
        "a file that kills its workers is given up",
        ("tests/budget/test_import_work.py::test_a_file_of_which_every_worker_died_is_given_up",),
        (
            Text(
                "projects/import_work.py", "if not due.filter(attempts__lt=MOST_ATTEMPTS).update(", "if not due.update("
            ),
        ),
    ),
    Switch(
        "work that is called off ends",
        (
            "tests/budget/test_import_work.py::test_reading_ends_when_it_is_called_off_and_leaves_nothing",
            "tests/budget/test_import_work.py::test_a_statement_that_waits_is_cancelled_too",
        ),
        (Text("projects/import_work.py", "filter(is_called_off=False)", "all()"),),
    ),
    Switch(
        "what no bell reached begins by the sweep",
        ("tests/budget/test_import_work.py::test_work_asked_for_without_a_broker_begins_by_the_sweep",),
        (Text("projects/import_work.py", '        ring("projects.work_on_import", batch_key)\n', "        pass\n"),),
    ),
    Switch(
        "what is taken back is what was shown",
        (
            "tests/budget/test_time_taking_back.py::test_only_what_was_shown_is_taken_back",
            "tests/budget/test_time_taking_back.py::test_programs_take_back_what_they_were_shown",
        ),
        (Text("projects/import_taking_back.py", "if shown != found.fingerprint:", "if False:"),),
    ),
    Switch(
        "an import is taken back under lock",
        ("tests/budget/test_time_taking_back.py::test_an_entry_taken_back_meanwhile_is_no_half_removal",),
        (Text("budget/time_taking_back.py", "ORDER BY uuid FOR UPDATE", "ORDER BY uuid"),),
    ),
    Switch(
        "confirmed hours are not taken back with their file",
        ("tests/budget/test_time_taking_back.py::test_hours_that_the_vendor_confirmed_stay[confirmed-rests_on_it]",),
        (Text("budget/time_taking_back.py", "if confirmed := cursor.fetchone():", "if confirmed := None:"),),
    ),
    Switch(
        "items in use are not taken back with their file",
        (
            "tests/requirements/test_estimate_taking_back.py::test_what_somebody_changed_or_booked_on_since_stays",
            "tests/requirements/test_estimate_taking_back.py::test_what_has_something_else_below_it_stays",
        ),
        (
            Text(
                "requirements_app/estimate_taking_back.py",
                "used = use.keys() | holding",
                "used = set()",
            ),
        ),
    ),
    Switch(
        "what a file corrects is what was seen",
        (
            "tests/budget/test_time_corrections.py::test_a_choice_made_since_the_preview_was_seen_is_refused",
            "tests/budget/test_time_corrections.py::test_an_entry_taken_back_since_the_preview_is_seen_again",
        ),
        (Text("budget/time_matching.py", "items, rows, corrections.fingerprint]", "items, rows]"),),
    ),
    Switch(
        "what a file corrects is held meanwhile",
        ("tests/budget/test_time_corrections.py::test_nobody_takes_an_entry_back_while_a_file_corrects_it",),
        (
            Text(
                "budget/time_import.py",
                "            _hold_corrected(cursor, params, corrections)\n",
                "            pass\n",
            ),
        ),
    ),
    Switch(
        "corrections are chosen for each file",
        ("tests/budget/test_time_corrections.py::test_what_was_chosen_of_one_file_is_not_chosen_of_the_next",),
        (Text("projects/import_files.py", '"one_person", "corrections"', '"one_person"'),),
    ),
    Switch(
        "what a name means is said once",
        ("tests/budget/test_unmatched_items.py::test_of_two_who_answer_the_second_is_told",),
        (
            Text(
                "budget/unmatched_items.py",
                "if len({item.uuid for item in open_items} & choices.keys()) != len(choices):",
                "if False:",
            ),
        ),
    ),
    Switch(
        "names in one side's files stay with that side",
        (
            "tests/budget/test_unmatched_items.py::test_they_count_at_once_and_wait_by_name",
            "tests/budget/test_unmatched_items.py::test_the_page_assigns_the_ticked_ones_together",
        ),
        (
            Text(
                "budget/unmatched_items.py",
                "found = UnmatchedItem.objects.filter(project=project, side=side)",
                "found = UnmatchedItem.objects.filter(project=project)",
            ),
        ),
    ),
    Switch(
        "only who may import is heard by mail",
        ("tests/budget/test_mailed_files.py::test_only_who_may_import_for_the_side_is_heard",),
        (
            Text("budget/mailed_files.py", "standing.side != address.side", "False"),
            Text(
                "budget/mailed_files.py", 'return standing if standing.can("import_time") else None', "return standing"
            ),
        ),
    ),
    Switch(
        "the same mail counts once",
        ("tests/budget/test_mailed_files.py::test_the_same_mail_counts_once",),
        (Text("budget/mailed_files.py", "    if not is_new:\n", "    if False:\n"),),
    ),
    Switch(
        "a mail that answers by itself gets no answer",
        ("tests/budget/test_mailed_files.py::test_what_the_server_found_and_what_answers_by_itself_is_heeded",),
        (Text("budget/mailed_files.py", '.strip().lower() != "no":', '.strip().lower() == "never":'),),
    ),
    Switch(
        "a workbook that unpacks without end is refused",
        ("tests/core/test_tabular_read.py::test_a_bomb_is_refused_before_it_is_unpacked",),
        (
            Text(
                "core/tabular/xlsx_file.py",
                "if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > UNPACKED_LIMIT:",
                "if False:",
            ),
        ),
    ),
    Switch(
        "a single-purpose link acts once",
        ("tests/projects/test_act_links.py::test_it_acts_once",),
        (Text("projects/models/act_links.py", "self.filter(used_at__isnull=True, ", "self.filter("),),
    ),
    Switch(
        "whoever asks never learns the link",
        ("tests/budget/test_confirmations.py::test_whoever_asks_never_sees_the_link",),
        (Text("projects/actions/act_links.py", "sent_to=person.email,", "sent_to=f'{token}@example.com',"),),
    ),
    Switch(
        "a project is paused or closed on what is still true",
        ("tests/projects/test_project_pages.py::test_project_status_is_not_taken_on_what_is_no_longer_said",),
        (Text("projects/actions/project.py", "if said is not None and said.fingerprint != shown:", "if False:"),),
    ),
    Switch(
        "a link goes to no address of those who ask",
        ("tests/projects/test_act_links.py::test_a_link_goes_to_no_address_of_the_side_that_asks",),
        (
            Text(
                "projects/actions/act_links.py",
                "    refuse_own_address(project, Side(member.side).other, member.side, person.email)\n",
                "",
            ),
        ),
    ),
    Switch(
        "a plus and a word make no other mailbox",
        ("tests/projects/test_act_links.py::test_a_link_goes_to_no_address_of_the_side_that_asks",),
        (
            Text(
                "projects/addresses.py",
                'return re.sub(TAG, "@", email.strip().lower(), count=1)',
                "return email.lower()",
            ),
        ),
    ),
    Switch(
        "a link dies when its mailbox comes to the side that asked",
        ("tests/projects/test_act_links.py::test_a_link_is_dead_once_its_mailbox_is_read_by_the_side_that_asked",),
        (
            Text(
                "projects/actions/act_links.py",
                "page is None or is_address_of(link.project, Side(link.side).other, link.sent_to):",
                "page is None:",
            ),
        ),
    ),
    Switch(
        "the client names and invites no mailbox of its own for the vendor",
        ("tests/projects/test_act_links.py::test_the_client_names_no_mailbox_of_its_own_as_the_vendors",),
        (
            Text(
                "projects/addresses.py",
                "if asking and email and asking != of and is_address_of(project, Side(asking), email):",
                "if False:",
            ),
        ),
    ),
    Switch(
        "nobody names the addresses of the other side's people",
        (
            "tests/projects/test_people_pages.py::test_the_client_finds_nobody_of_the_vendors_other_projects",
            "tests/budget/test_confirmations.py::test_without_an_address_the_vendors_manager_is_asked",
        ),
        (
            Text(
                "projects/addresses.py",
                "return own is not None and own.pk in (organisation.pk, organisation.kept_by_id)",
                "return True",
            ),
        ),
    ),
    Switch(
        "the side that asks cannot answer by the link",
        ("tests/projects/test_act_links.py::test_the_side_that_asks_sees_it_and_cannot_answer",),
        (
            Text(
                "projects/views/act_links.py", "may_answer = not _is_of_the_askers(request, link)", "may_answer = True"
            ),
        ),
    ),
    Switch(
        "kept figures stand for no project that changed since",
        ("tests/budget/test_kept_figures.py::test_what_was_booked_since_counts_before_the_worker_has_seen_it",),
        (
            Text(
                "budget/kept_figures.py",
                '~Exists(Mark.objects.filter(project=OuterRef("project"))), project__in',
                "project__in",
            ),
        ),
    ),
    Switch(
        "the demo's mails open with the key alone",
        ("tests/core/test_demo_post.py::test_without_the_key_there_is_no_post",),
        (Text("core/demo_post.py", "and constant_time_compare(key, wanted)", ""),),
    ),
    Switch(
        "webhooks reach the open Internet alone",
        (
            "tests/core/test_outgoing.py::test_this_machine_is_refused_however_it_is_written",
            "tests/projects/test_webhooks.py::test_the_guard_refuses_this_machine",
        ),
        (Text("core/outgoing.py", "    if not is_open(address):\n", "    if False:\n"),),
    ),
    Switch(
        "an address within an address is looked at too",
        ("tests/core/test_outgoing.py::test_addresses_of_private_networks_are_not_open",),
        (Text("core/outgoing.py", "(inner is None or is_open(inner))", "True"),),
    ),
    Switch(
        "a webhook's name is resolved once, and connected to where it was looked at",
        ("tests/core/test_outgoing.py::test_a_name_that_changes_its_mind_is_connected_to_where_it_was_looked_at",),
        (Text("core/outgoing.py", "(str(address), connection.port)", "(connection.host, connection.port)"),),
    ),
    Switch(
        "webhooks follow no redirect",
        ("tests/core/test_outgoing.py::test_a_redirect_is_not_followed",),
        (
            Text("core/outgoing.py", "retries=False,", "retries=urllib3.Retry(3),"),
            Text("core/outgoing.py", "redirect=False", "redirect=True"),
        ),
    ),
    Switch(
        "a webhook that answers for ever is hung up on",
        ("tests/core/test_outgoing.py::test_whoever_answers_a_byte_at_a_time_is_hung_up_on",),
        (Text("core/outgoing.py", "        self.timer.start()\n", ""),),
    ),
    Switch(
        "a webhook's secret is sealed",
        ("tests/projects/test_webhooks.py::test_a_secret_is_sealed_in_the_database",),
        (Text("projects/webhook_secrets.py", "return text, seal(text, PURPOSE)", "return text, text"),),
    ),
    Switch(
        "a webhook tells what its owner may still see when it is sent",
        (
            "tests/projects/test_webhooks.py::test_whoever_lost_their_place_tells_their_program_nothing",
            "tests/projects/test_webhooks.py::test_whoever_lost_the_right_tells_their_program_nothing",
        ),
        (
            Text(
                "projects/webhook_sending.py",
                '    if standing is None or standing.side != webhook.side or not standing.can("edit_webhooks"):\n'
                "        return None\n    return standing\n",
                "    return standing or Standing(\n"
                "        webhook.owner, webhook.project, webhook.side, 'manager', frozenset(CAPABILITIES)\n    )\n",
            ),
            Text(
                "projects/webhook_sending.py",
                "from projects.messages import",
                "from projects.roles import CAPABILITIES\nfrom projects.messages import",
            ),
        ),
    ),
    Switch(
        "an event is told to a webhook once",
        ("tests/projects/test_webhooks.py::test_an_event_is_posted_once_however_often_it_is_told",),
        sql="ALTER TABLE projects_webhookdelivery DROP CONSTRAINT one_delivery_per_webhook_and_event",
    ),
    Switch(
        "a message to a webhook is one worker's",
        ("tests/projects/test_webhooks.py::test_a_claimed_message_is_nobody_elses",),
        (Text("projects/webhook_sending.py", "            delivery.leased_until = now + LEASE\n", ""),),
    ),
    Switch(
        "a late worker leaves another one's message to a webhook alone",
        ("tests/projects/test_webhooks.py::test_a_late_failure_leaves_another_workers_lease_alone",),
        (
            Text(
                "projects/webhook_sending.py",
                "        pk=delivery.pk, state=WebhookDelivery.State.WAITING, leased_until=delivery.leased_until\n",
                "        pk=delivery.pk, state=WebhookDelivery.State.WAITING\n",
            ),
        ),
    ),
    Switch(
        "a side sees its own webhooks alone",
        ("tests/projects/test_webhooks.py::test_the_other_sides_webhooks_are_nowhere",),
        (
            Text(
                "projects/webhook_queries.py",
                "Webhook.objects.filter(project=standing.project, side=standing.side, ended_at=None)",
                "Webhook.objects.filter(project=standing.project, ended_at=None)",
            ),
        ),
    ),
    Switch(
        "an answer that shows a secret is not kept for repeats",
        ("tests/projects/test_webhooks.py::test_the_api_makes_one_and_keeps_no_secret_for_repeats",),
        (Text("core/api_views.py", "if self.action in self.shows_secret:", "if False:"),),
    ),
    Switch(
        "a week is summed up once, however many beats there are",
        ("tests/status/test_weekly_summary.py::test_two_beats_write_one",),
        sql="ALTER TABLE projects_outboxmessage DROP CONSTRAINT projects_outboxmessage_dedupe_key_key",
    ),
    Switch(
        "a week is summed up from the reader's own morning on",
        ("tests/status/test_weekly_summary.py::test_it_waits_for_the_readers_own_morning",),
        (Text("status/weekly_summary.py", "morning is not None and morning.is_due(now)", "morning is not None"),),
    ),
    Switch(
        "whose hours one file holds is not remembered for the next",
        ("tests/budget/test_timesheet_formats.py::test_whose_hours_one_file_holds_is_asked_again_for_the_next",),
        (Text("projects/import_files.py", '"sheet", "one_person"', '"sheet"'),),
    ),
    Switch(
        "a file of the client writes no address of the vendor's people down",
        ("tests/budget/test_timesheet_people.py::test_the_client_leaves_addresses_to_the_vendor",),
        (Text("budget/timesheet_people.py", 'email=each.email if is_ours else ""', "email=each.email"),),
    ),
    Switch(
        "a formula that nobody calculated is an error where a zero stands for its result",
        ("tests/budget/test_timesheet_corpus.py::test_a_file_in_an_odd_form_is_read_all_the_same",),
        (
            Text(
                "core/tabular/xlsx_file.py",
                "zeros_count = CALCULATES_ON_LOAD.search(about) is None",
                "zeros_count = True",
            ),
        ),
    ),
    Switch(
        "logged work beyond the last column is an error and not cut off",
        ("tests/budget/test_timesheet_formats.py::test_no_logged_work_beyond_the_last_column_is_lost",),
        (
            Text(
                "budget/timesheet_shapes.py",
                "return bool(self.logs) and self.logs[-1] == len(header) - 1",
                "return False",
            ),
        ),
    ),
    Switch(
        "a NUL in a query string is no error of the site",
        (
            "tests/core/test_storable_query.py::test_a_search_for_a_nul_finds_nothing[near]",
            "tests/core/test_storable_query.py::test_a_program_that_searches_a_project_that_no_name_can_be_finds_nothing",
        ),
        (Text("core/middleware.py", 'if "%00" in asked:', "if False:"),),
    ),
)
