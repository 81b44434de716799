create function calendar.grant_api_roles() returns text[]
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _granted text[] := '{}';
    _role text;
begin
    foreach _role in array array['anon', 'authenticated', 'service_role'] loop
        continue when not exists (select from pg_roles where rolname = _role);
        _granted := _granted || _role;
        execute format('grant usage on schema calendar to %I', _role);
    end loop;
    if 'service_role' = any (_granted) then
        grant calendar_service to service_role;
    end if;
    foreach _role in array array['anon', 'authenticated'] loop
        continue when _role <> all (_granted);
        execute format(
            'grant execute on function
                 calendar.get_available_slots(uuid, timestamptz, timestamptz, integer, integer, integer[], text, text, integer, text),
                 calendar.check_availability(uuid, text, integer, text, integer, text),
                 calendar.book_calendar_slot(uuid, timestamptz, timestamptz, text, text, text, text, text, text, text, text, text, integer, boolean, integer, text, jsonb, text),
                 -- Who calls these shows a secret.
                 calendar.feed(text), calendar.retell(json),
                 -- Public pages, and what a visitor does with a secret token.
                 calendar.get_booking_page(text), calendar.get_free_days(text, date, text, integer),
                 calendar.get_page_slots(text, timestamptz, timestamptz, integer),
                 calendar.hold_slot(text, timestamptz, integer, text, text), calendar.extend_hold(text),
                 calendar.complete_hold(text, text, text, text, text, text, jsonb, text),
                 calendar.get_own_booking(text), calendar.reschedule_own_booking(text, timestamptz),
                 calendar.cancel_own_booking(text, text)
             to %I', _role);
    end loop;
    if 'authenticated' = any (_granted) then
        grant execute on function
            calendar.parse_when(text, text, timestamptz),
            calendar.try_book(uuid, timestamptz, timestamptz, text, text, text, text, text, text, text, text, text, integer, boolean, integer, text, jsonb, text),
            calendar.get_busy(uuid, timestamptz, timestamptz),
            calendar.get_utilisation(uuid, date, date),
            calendar.explain_slot(uuid, timestamptz, timestamptz, text),
            calendar.explain_availability(uuid, timestamptz, timestamptz, integer, text),
            calendar.export_ics(uuid, timestamptz, timestamptz),
            calendar.booking_ics(uuid, text),
            calendar.confirm_booking(uuid),
            calendar.cancel_booking(uuid, text),
            calendar.reschedule_booking(uuid, timestamptz, timestamptz, integer),
            calendar.decline_booking(uuid, text), calendar.complete_booking(uuid), calendar.mark_no_show(uuid),
            calendar.try_confirm(uuid), calendar.try_decline(uuid, text), calendar.try_cancel(uuid, text), calendar.try_reschedule(uuid, timestamptz, timestamptz, integer),
            calendar.try_complete(uuid), calendar.try_no_show(uuid),
            calendar.create_feed(uuid), calendar.create_invitation(uuid), calendar.revoke_feed(uuid),
            calendar.create_booking_link(uuid),
            calendar.disconnect_account(uuid, boolean), calendar.get_connections(uuid),
            calendar.request_sync(uuid, uuid, text), calendar.set_primary_calendar(uuid),
            calendar.retry_failure(bigint), calendar.dismiss_failure(bigint, text),
            calendar.begin_connection(text, uuid, uuid, text),
            -- Operators; anyone else is refused.
            calendar.set_account_status(uuid, text, text), calendar.request_resync(uuid),
            calendar.get_overview(integer), calendar.search_calendars(text, boolean, integer),
            calendar.list_unwritten(integer), calendar.list_failures(boolean, bigint, integer),
            calendar.get_calendar_log(uuid, integer), calendar.list_notifications(uuid, uuid, integer, text, text, uuid),
            calendar.request_manual_booking(uuid, text, text, text, text, text, text, text),
            calendar.add_webhook_endpoint(text, uuid, text[]), calendar.rotate_webhook_secret(uuid, integer),
            calendar.remove_webhook_endpoint(uuid), calendar.list_webhook_endpoints(uuid),
            calendar.set_working_hours(uuid, jsonb, text), calendar.set_overrides(uuid, jsonb),
            calendar.save_meeting_type(uuid, jsonb), calendar.set_message_settings(uuid, jsonb),
            calendar.upsert_obligation(uuid, text, text, date, timestamptz, text, text, integer, integer[], text),
            calendar.upsert_obligations(uuid, jsonb), calendar.remove_obligation(uuid, text),
            calendar.sync_obligations(uuid), calendar.set_obligation_calendars(uuid, uuid[])
        to authenticated;
        grant select on
            calendar.brokers, calendar.calendars, calendar.events, calendar.busy_blocks,
            calendar.working_hours, calendar.meeting_types, calendar.availability_overrides, calendar.override_occurrences,
            calendar.bookings, calendar.outbox, calendar.event_mappings, calendar.obligations,
            calendar.obligation_mappings, calendar.sync_state,
            calendar.sync_logs, calendar.rejected_events, calendar.failure_logs, calendar.audit_log, calendar.sync_health,
            calendar.upcoming_bookings, calendar.booking_conflicts, calendar.utilisation_by_day,
            calendar.lead_response, calendar.booking_funnel, calendar.bookings_by_day,
            -- For operators alone, by their policies.
            calendar.agents, calendar.operators, calendar.alerts
        to authenticated;
        grant select (id, broker_id, booking_id, created_at, revoked_at) on calendar.feeds to authenticated;
        grant select (id, broker_id, booking_id, created_at) on calendar.booking_links to authenticated;
        grant select (id, broker_id, booking_id, subject, kind, channel, recipient, endpoint_id, revision, minutes, due_at,
                      state, skip_reason, attempts, next_attempt_at, retried_at, provider_id, last_error, previous_slot,
                      created_at, sent_at, delivered_at)
            on calendar.notifications to authenticated;
        grant select (id, broker_id, url, events, former_until, failing_since, last_success_at, last_error, disabled_at,
                      created_at, updated_at)
            on calendar.webhook_endpoints to authenticated;
        grant select (id, broker_id, provider, status, problem, events_kept, display_name, created_at, updated_at)
            on calendar.accounts to authenticated;
        grant insert, update, delete on calendar.working_hours, calendar.meeting_types, calendar.availability_overrides to authenticated;
        grant update (name, email, phone, timezone, slot_duration_minutes, slot_increment_minutes,
                      buffer_before_minutes, buffer_after_minutes, minimum_notice_minutes,
                      booking_horizon_days, max_bookings_per_day, booking_enabled,
                      requires_confirmation, public_booking, public_bookings_per_hour, public_bookings_per_address,
                      longest_public_slot_minutes, slug, change_until_minutes,
                      business_phone, locale, invite_by, reminder_minutes, notify)
            on calendar.brokers to authenticated;
        grant update (display_name, timezone, blocks_availability, tentative_blocks, all_day_blocks, is_primary,
                      receives_obligations, sync_enabled, sync_interval_minutes)
            on calendar.calendars to authenticated;
    end if;
    return _granted;
end
$$;
comment on function calendar.grant_api_roles() is
$$Grants the roles anon, authenticated and service_role, where they exist, what they may do. CREATE EXTENSION runs it. Run it again, as superuser, after creating such a role later.

Returns the roles that exist.$$;
