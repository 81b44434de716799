create trigger accounts_touched before update on calendar.accounts
    for each row execute function calendar_private.touch_updated_at();
