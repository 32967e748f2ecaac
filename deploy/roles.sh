#!/usr/bin/env bash
# Makes the two roles and the database, once, when the database container starts with an empty volume.
# The owner creates and migrates. The application reads and writes and owns nothing, so that it can neither switch
# off a trigger nor drop a constraint.
set -euo pipefail

psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" --set app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE oversight_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE oversight_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE oversight OWNER oversight_owner ENCODING 'UTF8' TEMPLATE template0
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE oversight FROM PUBLIC;
GRANT CONNECT ON DATABASE oversight TO oversight_app;
SQL
