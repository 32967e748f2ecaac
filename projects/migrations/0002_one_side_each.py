"""Nobody stands on both sides of a project, neither by membership nor through an organisation's role.

Rows in three tables decide it together, so that no single constraint can; triggers do, and take one lock a user,
so that two transactions cannot each add half of a conflict.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION projects_refuse_both_sides(users bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    conflict record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('one side each'), hashtext(u::text))
    FROM unnest(users) AS u ORDER BY hashtext(u::text);
    WITH standing AS (
        SELECT m.user_id, m.project_id, m.side
        FROM projects_membership m
        WHERE m.user_id = ANY(users) AND m.ended_at IS NULL
        UNION
        SELECT r.user_id, p.id, 'client'
        FROM accounts_organisationrole r JOIN projects_project p ON p.client_id = r.organisation_id
        WHERE r.user_id = ANY(users)
        UNION
        SELECT r.user_id, p.id, 'vendor'
        FROM accounts_organisationrole r JOIN projects_project p ON p.vendor_id = r.organisation_id
        WHERE r.user_id = ANY(users)
    )
    SELECT user_id, project_id INTO conflict
    FROM standing GROUP BY user_id, project_id HAVING count(DISTINCT side) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'user % would stand on both sides of project %', conflict.user_id, conflict.project_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'one_side_per_user_and_project';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION projects_refuse_both_sides(bigint[]) FROM PUBLIC;

CREATE FUNCTION projects_check_user_side() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM projects_refuse_both_sides(ARRAY[NEW.user_id]);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION projects_check_user_side() FROM PUBLIC;

CREATE FUNCTION projects_check_project_sides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM projects_refuse_both_sides(coalesce(array_agg(user_id), ARRAY[]::bigint[])) FROM (
        SELECT user_id FROM accounts_organisationrole WHERE organisation_id IN (NEW.client_id, NEW.vendor_id)
        UNION
        SELECT user_id FROM projects_membership WHERE project_id = NEW.id
    ) AS concerned;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION projects_check_project_sides() FROM PUBLIC;

CREATE TRIGGER one_side_each AFTER INSERT OR UPDATE OF user_id, side, project_id, ended_at ON projects_membership
    FOR EACH ROW EXECUTE FUNCTION projects_check_user_side();
CREATE TRIGGER one_side_each AFTER INSERT OR UPDATE OF user_id, organisation_id ON accounts_organisationrole
    FOR EACH ROW EXECUTE FUNCTION projects_check_user_side();
CREATE TRIGGER one_side_each AFTER INSERT OR UPDATE OF client_id, vendor_id ON projects_project
    FOR EACH ROW EXECUTE FUNCTION projects_check_project_sides();
"""

BACKWARD = """
DROP TRIGGER one_side_each ON projects_project;
DROP TRIGGER one_side_each ON accounts_organisationrole;
DROP TRIGGER one_side_each ON projects_membership;
DROP FUNCTION projects_check_project_sides();
DROP FUNCTION projects_check_user_side();
DROP FUNCTION projects_refuse_both_sides(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
