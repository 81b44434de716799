export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  calendar: {
    Tables: {
      accounts: {
        Row: {
          broker_id: string
          created_at: string
          display_name: string | null
          events_kept: boolean
          id: string
          lease_id: string | null
          leased_until: string | null
          problem: string | null
          provider: string
          refusals: number
          refused_at: string | null
          secret: string | null
          secret_key_id: string | null
          secret_version: number
          settings: NonNullable<Json>
          status: string
          updated_at: string
        }
        Insert: {
          broker_id: string
          created_at?: string
          display_name?: string | null
          events_kept?: boolean
          id?: string
          lease_id?: string | null
          leased_until?: string | null
          problem?: string | null
          provider: string
          refusals?: number
          refused_at?: string | null
          secret?: string | null
          secret_key_id?: string | null
          secret_version?: number
          settings?: NonNullable<Json>
          status?: string
          updated_at?: string
        }
        Update: {
          broker_id?: string
          created_at?: string
          display_name?: string | null
          events_kept?: boolean
          id?: string
          lease_id?: string | null
          leased_until?: string | null
          problem?: string | null
          provider?: string
          refusals?: number
          refused_at?: string | null
          secret?: string | null
          secret_key_id?: string | null
          secret_version?: number
          settings?: NonNullable<Json>
          status?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "accounts_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      agents: {
        Row: {
          id: string
          last_seen_at: string
          providers: string[] | null
          public_url: string | null
          started_at: string
          version: string
        }
        Insert: {
          id: string
          last_seen_at?: string
          providers?: string[] | null
          public_url?: string | null
          started_at?: string
          version: string
        }
        Update: {
          id?: string
          last_seen_at?: string
          providers?: string[] | null
          public_url?: string | null
          started_at?: string
          version?: string
        }
        Relationships: []
      }
      alerts: {
        Row: {
          ended_at: string | null
          key: string
          last_reported_at: string
          problem: string
          reports: number
          since: string
        }
        Insert: {
          ended_at?: string | null
          key: string
          last_reported_at?: string
          problem: string
          reports?: number
          since?: string
        }
        Update: {
          ended_at?: string | null
          key?: string
          last_reported_at?: string
          problem?: string
          reports?: number
          since?: string
        }
        Relationships: []
      }
      audit_log: {
        Row: {
          broker_id: string
          changed_at: string
          db_role: string
          id: number
          jwt_subject: string | null
          new_row: Json | null
          old_row: Json | null
          operation: string
          row_id: string
          table_name: string
        }
        Insert: {
          broker_id: string
          changed_at?: string
          db_role: string
          id?: never
          jwt_subject?: string | null
          new_row?: Json | null
          old_row?: Json | null
          operation: string
          row_id: string
          table_name: string
        }
        Update: {
          broker_id?: string
          changed_at?: string
          db_role?: string
          id?: never
          jwt_subject?: string | null
          new_row?: Json | null
          old_row?: Json | null
          operation?: string
          row_id?: string
          table_name?: string
        }
        Relationships: []
      }
      availability_overrides: {
        Row: {
          broker_id: string
          created_at: string
          created_by: string | null
          ends_at: string
          id: string
          kind: string
          reason: string | null
          rrule: string | null
          starts_at: string
        }
        Insert: {
          broker_id: string
          created_at?: string
          created_by?: string | null
          ends_at: string
          id?: string
          kind: string
          reason?: string | null
          rrule?: string | null
          starts_at: string
        }
        Update: {
          broker_id?: string
          created_at?: string
          created_by?: string | null
          ends_at?: string
          id?: string
          kind?: string
          reason?: string | null
          rrule?: string | null
          starts_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "availability_overrides_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      booking_links: {
        Row: {
          address_digest: string | null
          booking_id: string
          broker_id: string
          created_at: string
          id: string
          token_digest: string
        }
        Insert: {
          address_digest?: string | null
          booking_id: string
          broker_id: string
          created_at?: string
          id?: string
          token_digest: string
        }
        Update: {
          address_digest?: string | null
          booking_id?: string
          broker_id?: string
          created_at?: string
          id?: string
          token_digest?: string
        }
        Relationships: [
          {
            foreignKeyName: "booking_links_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "booking_links_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "booking_links_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "booking_links_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "booking_links_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      bookings: {
        Row: {
          answers: Json | null
          broker_id: string
          buffer_after_minutes: number
          buffer_before_minutes: number
          calendar_id: string | null
          cancel_reason: string | null
          confirmed_at: string | null
          created_at: string
          created_by: string
          declined_at: string | null
          further_keys: Json | null
          global_lead_id: string | null
          held_at: string | null
          hold_expires_at: string | null
          id: string
          idempotency_key: string | null
          is_public: boolean
          lead_email: string | null
          lead_id: string | null
          lead_locale: string | null
          lead_name: string | null
          lead_phone: string | null
          lead_timezone: string | null
          meeting_link: string | null
          meeting_type_id: string | null
          notes: string | null
          outside_hours: boolean
          problem: string | null
          provider_event_id: string | null
          request_digest: string | null
          reschedules: number
          sequence: number
          slot_end: string
          slot_start: string
          status: string
          title: string | null
          updated_at: string
        }
        Insert: {
          answers?: Json | null
          broker_id: string
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          calendar_id?: string | null
          cancel_reason?: string | null
          confirmed_at?: string | null
          created_at?: string
          created_by?: string
          declined_at?: string | null
          further_keys?: Json | null
          global_lead_id?: string | null
          held_at?: string | null
          hold_expires_at?: string | null
          id?: string
          idempotency_key?: string | null
          is_public?: boolean
          lead_email?: string | null
          lead_id?: string | null
          lead_locale?: string | null
          lead_name?: string | null
          lead_phone?: string | null
          lead_timezone?: string | null
          meeting_link?: string | null
          meeting_type_id?: string | null
          notes?: string | null
          outside_hours?: boolean
          problem?: string | null
          provider_event_id?: string | null
          request_digest?: string | null
          reschedules?: number
          sequence?: number
          slot_end: string
          slot_start: string
          status: string
          title?: string | null
          updated_at?: string
        }
        Update: {
          answers?: Json | null
          broker_id?: string
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          calendar_id?: string | null
          cancel_reason?: string | null
          confirmed_at?: string | null
          created_at?: string
          created_by?: string
          declined_at?: string | null
          further_keys?: Json | null
          global_lead_id?: string | null
          held_at?: string | null
          hold_expires_at?: string | null
          id?: string
          idempotency_key?: string | null
          is_public?: boolean
          lead_email?: string | null
          lead_id?: string | null
          lead_locale?: string | null
          lead_name?: string | null
          lead_phone?: string | null
          lead_timezone?: string | null
          meeting_link?: string | null
          meeting_type_id?: string | null
          notes?: string | null
          outside_hours?: boolean
          problem?: string | null
          provider_event_id?: string | null
          request_digest?: string | null
          reschedules?: number
          sequence?: number
          slot_end?: string
          slot_start?: string
          status?: string
          title?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_calendar_id_broker_id_fkey"
            columns: ["calendar_id", "broker_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id", "broker_id"]
          },
          {
            foreignKeyName: "bookings_meeting_type_id_broker_id_fkey"
            columns: ["meeting_type_id", "broker_id"]
            referencedRelation: "meeting_types"
            referencedColumns: ["id", "broker_id"]
          },
        ]
      }
      brokers: {
        Row: {
          booking_enabled: boolean
          booking_horizon_days: number
          buffer_after_minutes: number
          buffer_before_minutes: number
          business_phone: string | null
          change_until_minutes: number
          created_at: string
          email: string | null
          external_id: string | null
          id: string
          invite_by: string | null
          locale: string | null
          longest_public_slot_minutes: number
          max_bookings_per_day: number | null
          minimum_notice_minutes: number
          name: string
          notify: NonNullable<Json>
          overrides_from: string
          overrides_until: string
          phone: string | null
          public_booking: boolean
          public_bookings_per_address: number
          public_bookings_per_hour: number
          reminder_minutes: number[]
          requires_confirmation: boolean
          slot_duration_minutes: number
          slot_increment_minutes: number | null
          slug: string | null
          timezone: string
          updated_at: string
          user_id: string | null
          voice_calls_per_minute: number
        }
        Insert: {
          booking_enabled?: boolean
          booking_horizon_days?: number
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          business_phone?: string | null
          change_until_minutes?: number
          created_at?: string
          email?: string | null
          external_id?: string | null
          id?: string
          invite_by?: string | null
          locale?: string | null
          longest_public_slot_minutes?: number
          max_bookings_per_day?: number | null
          minimum_notice_minutes?: number
          name: string
          notify?: NonNullable<Json>
          overrides_from?: string
          overrides_until?: string
          phone?: string | null
          public_booking?: boolean
          public_bookings_per_address?: number
          public_bookings_per_hour?: number
          reminder_minutes?: number[]
          requires_confirmation?: boolean
          slot_duration_minutes?: number
          slot_increment_minutes?: number | null
          slug?: string | null
          timezone: string
          updated_at?: string
          user_id?: string | null
          voice_calls_per_minute?: number
        }
        Update: {
          booking_enabled?: boolean
          booking_horizon_days?: number
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          business_phone?: string | null
          change_until_minutes?: number
          created_at?: string
          email?: string | null
          external_id?: string | null
          id?: string
          invite_by?: string | null
          locale?: string | null
          longest_public_slot_minutes?: number
          max_bookings_per_day?: number | null
          minimum_notice_minutes?: number
          name?: string
          notify?: NonNullable<Json>
          overrides_from?: string
          overrides_until?: string
          phone?: string | null
          public_booking?: boolean
          public_bookings_per_address?: number
          public_bookings_per_hour?: number
          reminder_minutes?: number[]
          requires_confirmation?: boolean
          slot_duration_minutes?: number
          slot_increment_minutes?: number | null
          slug?: string | null
          timezone?: string
          updated_at?: string
          user_id?: string | null
          voice_calls_per_minute?: number
        }
        Relationships: []
      }
      busy_blocks: {
        Row: {
          broker_id: string
          calendar_id: string
          ends_at: string
          event_id: string
          starts_at: string
        }
        Insert: {
          broker_id: string
          calendar_id: string
          ends_at: string
          event_id: string
          starts_at: string
        }
        Update: {
          broker_id?: string
          calendar_id?: string
          ends_at?: string
          event_id?: string
          starts_at?: string
        }
        Relationships: []
      }
      calendars: {
        Row: {
          account_id: string | null
          all_day_blocks: boolean
          blocks_availability: boolean
          blocks_from: string
          blocks_merged: boolean
          blocks_until: string
          broker_id: string
          covered_until: string
          created_at: string
          display_name: string | null
          external_calendar_id: string | null
          gone_at: string | null
          id: string
          is_primary: boolean
          is_writable: boolean
          receives_obligations: boolean | null
          sync_enabled: boolean
          sync_future_days: number | null
          sync_interval_minutes: number | null
          sync_past_days: number
          tentative_blocks: boolean
          timezone: string
          updated_at: string
        }
        Insert: {
          account_id?: string | null
          all_day_blocks?: boolean
          blocks_availability?: boolean
          blocks_from?: string
          blocks_merged?: boolean
          blocks_until?: string
          broker_id: string
          covered_until?: string
          created_at?: string
          display_name?: string | null
          external_calendar_id?: string | null
          gone_at?: string | null
          id?: string
          is_primary?: boolean
          is_writable?: boolean
          receives_obligations?: boolean | null
          sync_enabled?: boolean
          sync_future_days?: number | null
          sync_interval_minutes?: number | null
          sync_past_days?: number
          tentative_blocks?: boolean
          timezone: string
          updated_at?: string
        }
        Update: {
          account_id?: string | null
          all_day_blocks?: boolean
          blocks_availability?: boolean
          blocks_from?: string
          blocks_merged?: boolean
          blocks_until?: string
          broker_id?: string
          covered_until?: string
          created_at?: string
          display_name?: string | null
          external_calendar_id?: string | null
          gone_at?: string | null
          id?: string
          is_primary?: boolean
          is_writable?: boolean
          receives_obligations?: boolean | null
          sync_enabled?: boolean
          sync_future_days?: number | null
          sync_interval_minutes?: number | null
          sync_past_days?: number
          tentative_blocks?: boolean
          timezone?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "calendars_account_id_broker_id_fkey"
            columns: ["account_id", "broker_id"]
            referencedRelation: "accounts"
            referencedColumns: ["id", "broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "calendars_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      connections_begun: {
        Row: {
          account_id: string | null
          broker_id: string
          connected_account_id: string | null
          created_at: string
          expires_at: string
          id: string
          provider: string
          return_to: string | null
          session_digest: string | null
          ticket_digest: string
        }
        Insert: {
          account_id?: string | null
          broker_id: string
          connected_account_id?: string | null
          created_at?: string
          expires_at: string
          id?: string
          provider: string
          return_to?: string | null
          session_digest?: string | null
          ticket_digest: string
        }
        Update: {
          account_id?: string | null
          broker_id?: string
          connected_account_id?: string | null
          created_at?: string
          expires_at?: string
          id?: string
          provider?: string
          return_to?: string | null
          session_digest?: string | null
          ticket_digest?: string
        }
        Relationships: [
          {
            foreignKeyName: "connections_begun_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "connections_begun_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["account_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "connections_begun_connected_account_id_fkey"
            columns: ["connected_account_id"]
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "connections_begun_connected_account_id_fkey"
            columns: ["connected_account_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["account_id"]
          },
        ]
      }
      event_mappings: {
        Row: {
          booking_id: string
          calendar_id: string
          created_at: string
          etag: string | null
          external_event_id: string
          looked_at: string | null
          moved_at: string | null
          problem: string | null
          written: Json | null
        }
        Insert: {
          booking_id: string
          calendar_id: string
          created_at?: string
          etag?: string | null
          external_event_id: string
          looked_at?: string | null
          moved_at?: string | null
          problem?: string | null
          written?: Json | null
        }
        Update: {
          booking_id?: string
          calendar_id?: string
          created_at?: string
          etag?: string | null
          external_event_id?: string
          looked_at?: string | null
          moved_at?: string | null
          problem?: string | null
          written?: Json | null
        }
        Relationships: [
          {
            foreignKeyName: "event_mappings_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "event_mappings_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "event_mappings_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "event_mappings_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "event_mappings_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "event_mappings_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      events: {
        Row: {
          behind_expires_at: string | null
          behind_from: string | null
          behind_until: string | null
          booking_id: string | null
          calendar_id: string
          declined: boolean
          duration: string | null
          end_date: string | null
          ends_at: string
          etag: string | null
          external_event_id: string
          id: string
          is_all_day: boolean
          last_seen_at: string
          provider_updated_at: string | null
          raw: Json | null
          recurrence: string | null
          recurrence_id: string | null
          recurrence_this_and_future: boolean
          sequence: number
          spared_from: string | null
          spared_until: string | null
          start_date: string | null
          starts_at: string
          status: string
          timezone: string | null
          title: string | null
          transparency: string
          vtimezone: string | null
        }
        Insert: {
          behind_expires_at?: string | null
          behind_from?: string | null
          behind_until?: string | null
          booking_id?: string | null
          calendar_id: string
          declined?: boolean
          duration?: string | null
          end_date?: string | null
          ends_at: string
          etag?: string | null
          external_event_id: string
          id?: string
          is_all_day?: boolean
          last_seen_at?: string
          provider_updated_at?: string | null
          raw?: Json | null
          recurrence?: string | null
          recurrence_id?: string | null
          recurrence_this_and_future?: boolean
          sequence?: number
          spared_from?: string | null
          spared_until?: string | null
          start_date?: string | null
          starts_at: string
          status?: string
          timezone?: string | null
          title?: string | null
          transparency?: string
          vtimezone?: string | null
        }
        Update: {
          behind_expires_at?: string | null
          behind_from?: string | null
          behind_until?: string | null
          booking_id?: string | null
          calendar_id?: string
          declined?: boolean
          duration?: string | null
          end_date?: string | null
          ends_at?: string
          etag?: string | null
          external_event_id?: string
          id?: string
          is_all_day?: boolean
          last_seen_at?: string
          provider_updated_at?: string | null
          raw?: Json | null
          recurrence?: string | null
          recurrence_id?: string | null
          recurrence_this_and_future?: boolean
          sequence?: number
          spared_from?: string | null
          spared_until?: string | null
          start_date?: string | null
          starts_at?: string
          status?: string
          timezone?: string | null
          title?: string | null
          transparency?: string
          vtimezone?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "events_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "events_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "events_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "events_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
        ]
      }
      failure_logs: {
        Row: {
          booking_id: string | null
          broker_id: string | null
          calendar_id: string | null
          detail: Json | null
          external_event_id: string | null
          id: number
          logged_at: string
          note: string | null
          notification_id: string | null
          operation: string
          reason: string
          resolution: string | null
          resolved_at: string | null
          resolved_by: string | null
        }
        Insert: {
          booking_id?: string | null
          broker_id?: string | null
          calendar_id?: string | null
          detail?: Json | null
          external_event_id?: string | null
          id?: never
          logged_at?: string
          note?: string | null
          notification_id?: string | null
          operation: string
          reason: string
          resolution?: string | null
          resolved_at?: string | null
          resolved_by?: string | null
        }
        Update: {
          booking_id?: string | null
          broker_id?: string | null
          calendar_id?: string | null
          detail?: Json | null
          external_event_id?: string | null
          id?: never
          logged_at?: string
          note?: string | null
          notification_id?: string | null
          operation?: string
          reason?: string
          resolution?: string | null
          resolved_at?: string | null
          resolved_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "failure_logs_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "failure_logs_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "failure_logs_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "failure_logs_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "failure_logs_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "failure_logs_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
          {
            foreignKeyName: "failure_logs_notification_id_fkey"
            columns: ["notification_id"]
            referencedRelation: "notifications"
            referencedColumns: ["id"]
          },
        ]
      }
      feeds: {
        Row: {
          booking_id: string | null
          broker_id: string
          created_at: string
          id: string
          revoked_at: string | null
          token_digest: string
        }
        Insert: {
          booking_id?: string | null
          broker_id: string
          created_at?: string
          id?: string
          revoked_at?: string | null
          token_digest: string
        }
        Update: {
          booking_id?: string | null
          broker_id?: string
          created_at?: string
          id?: string
          revoked_at?: string | null
          token_digest?: string
        }
        Relationships: [
          {
            foreignKeyName: "feeds_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "feeds_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "feeds_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "feeds_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "feeds_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      hooks: {
        Row: {
          created_at: string
          event: string
          function: string
        }
        Insert: {
          created_at?: string
          event: string
          function: string
        }
        Update: {
          created_at?: string
          event?: string
          function?: string
        }
        Relationships: []
      }
      meeting_types: {
        Row: {
          booking_horizon_days: number | null
          broker_id: string
          buffer_after_minutes: number | null
          buffer_before_minutes: number | null
          change_until_minutes: number | null
          created_at: string
          description: string | null
          durations: number[]
          id: string
          increment_minutes: number | null
          is_active: boolean
          location: string | null
          location_kind: string | null
          lock_timezone: boolean
          max_bookings_per_day: number | null
          minimum_notice_minutes: number | null
          name: string
          position: number
          public_booking: boolean | null
          questions: NonNullable<Json>
          requires_confirmation: boolean | null
          slug: string
          updated_at: string
        }
        Insert: {
          booking_horizon_days?: number | null
          broker_id: string
          buffer_after_minutes?: number | null
          buffer_before_minutes?: number | null
          change_until_minutes?: number | null
          created_at?: string
          description?: string | null
          durations?: number[]
          id?: string
          increment_minutes?: number | null
          is_active?: boolean
          location?: string | null
          location_kind?: string | null
          lock_timezone?: boolean
          max_bookings_per_day?: number | null
          minimum_notice_minutes?: number | null
          name: string
          position?: number
          public_booking?: boolean | null
          questions?: NonNullable<Json>
          requires_confirmation?: boolean | null
          slug: string
          updated_at?: string
        }
        Update: {
          booking_horizon_days?: number | null
          broker_id?: string
          buffer_after_minutes?: number | null
          buffer_before_minutes?: number | null
          change_until_minutes?: number | null
          created_at?: string
          description?: string | null
          durations?: number[]
          id?: string
          increment_minutes?: number | null
          is_active?: boolean
          location?: string | null
          location_kind?: string | null
          lock_timezone?: boolean
          max_bookings_per_day?: number | null
          minimum_notice_minutes?: number | null
          name?: string
          position?: number
          public_booking?: boolean | null
          questions?: NonNullable<Json>
          requires_confirmation?: boolean | null
          slug?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "meeting_types_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      notifications: {
        Row: {
          attempts: number
          booking_id: string | null
          broker_id: string | null
          channel: string
          created_at: string
          delivered_at: string | null
          due_at: string
          endpoint_id: string | null
          id: string
          kind: string
          last_error: string | null
          lease_id: string | null
          minutes: number | null
          next_attempt_at: string
          previous_slot: unknown
          provider_id: string | null
          recipient: string
          retried_at: string | null
          revision: number
          sent_at: string | null
          skip_reason: string | null
          state: string
          subject: string | null
          token_digest: string | null
        }
        Insert: {
          attempts?: number
          booking_id?: string | null
          broker_id?: string | null
          channel: string
          created_at?: string
          delivered_at?: string | null
          due_at: string
          endpoint_id?: string | null
          id?: string
          kind: string
          last_error?: string | null
          lease_id?: string | null
          minutes?: number | null
          next_attempt_at: string
          previous_slot?: unknown
          provider_id?: string | null
          recipient: string
          retried_at?: string | null
          revision?: number
          sent_at?: string | null
          skip_reason?: string | null
          state?: string
          subject?: string | null
          token_digest?: string | null
        }
        Update: {
          attempts?: number
          booking_id?: string | null
          broker_id?: string | null
          channel?: string
          created_at?: string
          delivered_at?: string | null
          due_at?: string
          endpoint_id?: string | null
          id?: string
          kind?: string
          last_error?: string | null
          lease_id?: string | null
          minutes?: number | null
          next_attempt_at?: string
          previous_slot?: unknown
          provider_id?: string | null
          recipient?: string
          retried_at?: string | null
          revision?: number
          sent_at?: string | null
          skip_reason?: string | null
          state?: string
          subject?: string | null
          token_digest?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "notifications_endpoint_id_fkey"
            columns: ["endpoint_id"]
            referencedRelation: "webhook_endpoints"
            referencedColumns: ["id"]
          },
        ]
      }
      oauth_states: {
        Row: {
          account_id: string | null
          broker_id: string
          connection_id: string
          expires_at: string
          provider: string
          return_to: string | null
          session_digest: string
          state_digest: string
          verifier: string
        }
        Insert: {
          account_id?: string | null
          broker_id: string
          connection_id: string
          expires_at: string
          provider: string
          return_to?: string | null
          session_digest: string
          state_digest: string
          verifier: string
        }
        Update: {
          account_id?: string | null
          broker_id?: string
          connection_id?: string
          expires_at?: string
          provider?: string
          return_to?: string | null
          session_digest?: string
          state_digest?: string
          verifier?: string
        }
        Relationships: [
          {
            foreignKeyName: "oauth_states_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "oauth_states_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["account_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "oauth_states_connection_id_fkey"
            columns: ["connection_id"]
            referencedRelation: "connections_begun"
            referencedColumns: ["id"]
          },
        ]
      }
      obligation_mappings: {
        Row: {
          calendar_id: string
          created_at: string
          etag: string | null
          expires_at: string
          external_event_id: string
          obligation_id: string
          problem: string | null
          pushed_at: string
          pushed_sequence: number
          written: Json | null
        }
        Insert: {
          calendar_id: string
          created_at?: string
          etag?: string | null
          expires_at: string
          external_event_id: string
          obligation_id: string
          problem?: string | null
          pushed_at?: string
          pushed_sequence: number
          written?: Json | null
        }
        Update: {
          calendar_id?: string
          created_at?: string
          etag?: string | null
          expires_at?: string
          external_event_id?: string
          obligation_id?: string
          problem?: string | null
          pushed_at?: string
          pushed_sequence?: number
          written?: Json | null
        }
        Relationships: [
          {
            foreignKeyName: "obligation_mappings_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "obligation_mappings_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
          {
            foreignKeyName: "obligation_mappings_obligation_id_fkey"
            columns: ["obligation_id"]
            referencedRelation: "obligations"
            referencedColumns: ["id"]
          },
        ]
      }
      obligations: {
        Row: {
          broker_id: string
          created_at: string
          due_at: string | null
          due_on: string | null
          duration_minutes: number
          expires_at: string
          external_id: string
          id: string
          notes: string | null
          reminder_minutes: number[]
          removed_at: string | null
          sequence: number
          status: string
          title: string
          updated_at: string
          url: string | null
        }
        Insert: {
          broker_id: string
          created_at?: string
          due_at?: string | null
          due_on?: string | null
          duration_minutes?: number
          expires_at?: never
          external_id: string
          id?: string
          notes?: string | null
          reminder_minutes?: number[]
          removed_at?: string | null
          sequence?: number
          status?: string
          title: string
          updated_at?: string
          url?: string | null
        }
        Update: {
          broker_id?: string
          created_at?: string
          due_at?: string | null
          due_on?: string | null
          duration_minutes?: number
          expires_at?: never
          external_id?: string
          id?: string
          notes?: string | null
          reminder_minutes?: number[]
          removed_at?: string | null
          sequence?: number
          status?: string
          title?: string
          updated_at?: string
          url?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "obligations_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      operators: {
        Row: {
          created_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          user_id?: string
        }
        Relationships: []
      }
      outbox: {
        Row: {
          attempts: number
          booking_id: string | null
          broker_id: string
          calendar_id: string | null
          created_at: string
          done_at: string | null
          id: number
          last_error: string | null
          lease_id: string | null
          leased_at: string | null
          leased_until: string | null
          next_attempt_at: string
          obligation_id: string | null
          operation: string
          paused_until: string | null
          reported_at: string | null
        }
        Insert: {
          attempts?: number
          booking_id?: string | null
          broker_id: string
          calendar_id?: string | null
          created_at?: string
          done_at?: string | null
          id?: never
          last_error?: string | null
          lease_id?: string | null
          leased_at?: string | null
          leased_until?: string | null
          next_attempt_at?: string
          obligation_id?: string | null
          operation: string
          paused_until?: string | null
          reported_at?: string | null
        }
        Update: {
          attempts?: number
          booking_id?: string | null
          broker_id?: string
          calendar_id?: string | null
          created_at?: string
          done_at?: string | null
          id?: never
          last_error?: string | null
          lease_id?: string | null
          leased_at?: string | null
          leased_until?: string | null
          next_attempt_at?: string
          obligation_id?: string | null
          operation?: string
          paused_until?: string | null
          reported_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "outbox_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "outbox_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "bookings"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "outbox_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "lead_response"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "outbox_booking_id_fkey"
            columns: ["booking_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["booking_id"]
          },
          {
            foreignKeyName: "outbox_obligation_id_fkey"
            columns: ["obligation_id"]
            referencedRelation: "obligations"
            referencedColumns: ["id"]
          },
        ]
      }
      override_occurrences: {
        Row: {
          broker_id: string
          ends_at: string
          kind: string
          override_id: string
          starts_at: string
        }
        Insert: {
          broker_id: string
          ends_at: string
          kind: string
          override_id: string
          starts_at: string
        }
        Update: {
          broker_id?: string
          ends_at?: string
          kind?: string
          override_id?: string
          starts_at?: string
        }
        Relationships: []
      }
      page_origins: {
        Row: {
          origin: string
        }
        Insert: {
          origin: string
        }
        Update: {
          origin?: string
        }
        Relationships: []
      }
      rate_limits: {
        Row: {
          since: string
          subject: string
          used: number
        }
        Insert: {
          since: string
          subject: string
          used: number
        }
        Update: {
          since?: string
          subject?: string
          used?: number
        }
        Relationships: []
      }
      rejected_events: {
        Row: {
          calendar_id: string
          external_event_id: string
          reason: string
          rejected_at: string
        }
        Insert: {
          calendar_id: string
          external_event_id: string
          reason: string
          rejected_at?: string
        }
        Update: {
          calendar_id?: string
          external_event_id?: string
          reason?: string
          rejected_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "rejected_events_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "rejected_events_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      remembered_members: {
        Row: {
          calendar_id: string
          etag: string
          external_event_id: string
          occurs_at: string | null
        }
        Insert: {
          calendar_id: string
          etag: string
          external_event_id: string
          occurs_at?: string | null
        }
        Update: {
          calendar_id?: string
          etag?: string
          external_event_id?: string
          occurs_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "remembered_members_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "remembered_members_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      suppressions: {
        Row: {
          address_digest: string
          channel: string
          created_at: string
          reason: string
        }
        Insert: {
          address_digest: string
          channel: string
          created_at?: string
          reason: string
        }
        Update: {
          address_digest?: string
          channel?: string
          created_at?: string
          reason?: string
        }
        Relationships: []
      }
      sync_logs: {
        Row: {
          calendar_id: string
          created: number
          deleted: number
          id: number
          is_full: boolean
          logged_at: string
          problem: string | null
          rejected: number
          unchanged: number
          updated: number
        }
        Insert: {
          calendar_id: string
          created: number
          deleted: number
          id?: never
          is_full: boolean
          logged_at?: string
          problem?: string | null
          rejected: number
          unchanged: number
          updated: number
        }
        Update: {
          calendar_id?: string
          created?: number
          deleted?: number
          id?: never
          is_full?: boolean
          logged_at?: string
          problem?: string | null
          rejected?: number
          unchanged?: number
          updated?: number
        }
        Relationships: [
          {
            foreignKeyName: "sync_logs_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "sync_logs_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      sync_pages: {
        Row: {
          calendar_id: string
          lease_id: string
          page: NonNullable<Json>
          page_number: number
        }
        Insert: {
          calendar_id: string
          lease_id: string
          page: NonNullable<Json>
          page_number: number
        }
        Update: {
          calendar_id?: string
          lease_id?: string
          page?: NonNullable<Json>
          page_number?: number
        }
        Relationships: [
          {
            foreignKeyName: "sync_pages_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "sync_pages_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      sync_state: {
        Row: {
          calendar_id: string
          covered_until: string | null
          failures: number
          found_empty_at: string | null
          last_attempt_at: string | null
          last_full_at: string | null
          last_success_at: string | null
          lease_id: string | null
          leased_at: string | null
          leased_until: string | null
          missed_rounds: number
          next_attempt_at: string | null
          paused_until: string | null
          problem: string | null
          pull_ended_at: string | null
          requested_at: string | null
          sync_token: string | null
          unchanged_pulls: number
          updated_at: string
        }
        Insert: {
          calendar_id: string
          covered_until?: string | null
          failures?: number
          found_empty_at?: string | null
          last_attempt_at?: string | null
          last_full_at?: string | null
          last_success_at?: string | null
          lease_id?: string | null
          leased_at?: string | null
          leased_until?: string | null
          missed_rounds?: number
          next_attempt_at?: string | null
          paused_until?: string | null
          problem?: string | null
          pull_ended_at?: string | null
          requested_at?: string | null
          sync_token?: string | null
          unchanged_pulls?: number
          updated_at?: string
        }
        Update: {
          calendar_id?: string
          covered_until?: string | null
          failures?: number
          found_empty_at?: string | null
          last_attempt_at?: string | null
          last_full_at?: string | null
          last_success_at?: string | null
          lease_id?: string | null
          leased_at?: string | null
          leased_until?: string | null
          missed_rounds?: number
          next_attempt_at?: string | null
          paused_until?: string | null
          problem?: string | null
          pull_ended_at?: string | null
          requested_at?: string | null
          sync_token?: string | null
          unchanged_pulls?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "sync_state_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "sync_state_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      voice_keys: {
        Row: {
          broker_id: string | null
          created_at: string
          id: string
          mac_key: string
        }
        Insert: {
          broker_id?: string | null
          created_at?: string
          id?: string
          mac_key: string
        }
        Update: {
          broker_id?: string | null
          created_at?: string
          id?: string
          mac_key?: string
        }
        Relationships: [
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "voice_keys_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      webhook_channels: {
        Row: {
          calendar_id: string
          channel_id: string | null
          expires_at: string | null
          lease_id: string | null
          leased_until: string | null
          resource_id: string | null
          secret_digest: string | null
        }
        Insert: {
          calendar_id: string
          channel_id?: string | null
          expires_at?: string | null
          lease_id?: string | null
          leased_until?: string | null
          resource_id?: string | null
          secret_digest?: string | null
        }
        Update: {
          calendar_id?: string
          channel_id?: string | null
          expires_at?: string | null
          lease_id?: string | null
          leased_until?: string | null
          resource_id?: string | null
          secret_digest?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "webhook_channels_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "calendars"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "webhook_channels_calendar_id_fkey"
            columns: ["calendar_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["calendar_id"]
          },
        ]
      }
      webhook_endpoints: {
        Row: {
          broker_id: string | null
          created_at: string
          disabled_at: string | null
          events: string[] | null
          failing_since: string | null
          former_mac_key: string | null
          former_until: string | null
          id: string
          last_error: string | null
          last_success_at: string | null
          mac_key: string
          updated_at: string
          url: string
        }
        Insert: {
          broker_id?: string | null
          created_at?: string
          disabled_at?: string | null
          events?: string[] | null
          failing_since?: string | null
          former_mac_key?: string | null
          former_until?: string | null
          id?: string
          last_error?: string | null
          last_success_at?: string | null
          mac_key: string
          updated_at?: string
          url: string
        }
        Update: {
          broker_id?: string | null
          created_at?: string
          disabled_at?: string | null
          events?: string[] | null
          failing_since?: string | null
          former_mac_key?: string | null
          former_until?: string | null
          id?: string
          last_error?: string | null
          last_success_at?: string | null
          mac_key?: string
          updated_at?: string
          url?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "webhook_endpoints_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      working_hours: {
        Row: {
          broker_id: string
          end_local: string
          id: string
          is_active: boolean
          meeting_type_id: string | null
          start_local: string
          valid_from: string | null
          valid_until: string | null
          weekday: number
        }
        Insert: {
          broker_id: string
          end_local: string
          id?: string
          is_active?: boolean
          meeting_type_id?: string | null
          start_local: string
          valid_from?: string | null
          valid_until?: string | null
          weekday: number
        }
        Update: {
          broker_id?: string
          end_local?: string
          id?: string
          is_active?: boolean
          meeting_type_id?: string | null
          start_local?: string
          valid_from?: string | null
          valid_until?: string | null
          weekday?: number
        }
        Relationships: [
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "working_hours_meeting_type_id_broker_id_fkey"
            columns: ["meeting_type_id", "broker_id"]
            referencedRelation: "meeting_types"
            referencedColumns: ["id", "broker_id"]
          },
        ]
      }
    }
    Views: {
      booking_conflicts: {
        Row: {
          booking_id: string | null
          broker_id: string | null
          broker_name: string | null
          calendar_id: string | null
          event_end: string | null
          event_id: string | null
          event_start: string | null
          event_title: string | null
          last_seen_at: string | null
          lead_name: string | null
          slot_end: string | null
          slot_start: string | null
          status: string | null
        }
        Relationships: []
      }
      booking_funnel: {
        Row: {
          broker_id: string | null
          broker_name: string | null
          cancelled: number | null
          channel: string | null
          completed: number | null
          confirmed: number | null
          date: string | null
          failed: number | null
          held: number | null
          lapsed: number | null
          no_show: number | null
          requested: number | null
          rescheduled: number | null
        }
        Relationships: []
      }
      bookings_by_day: {
        Row: {
          active: number | null
          bookings: number | null
          broker_id: string | null
          broker_name: string | null
          cancelled: number | null
          completed: number | null
          date: string | null
          hour: number | null
          no_show: number | null
          rescheduled: number | null
        }
        Relationships: []
      }
      lead_response: {
        Row: {
          booking_id: string | null
          broker_id: string | null
          broker_name: string | null
          channel: string | null
          confirmed_at: string | null
          requested_at: string | null
          response: string | null
          slot_start: string | null
          status: string | null
          wait: string | null
        }
        Relationships: [
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_conflicts"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "booking_funnel"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "bookings_by_day"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "brokers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "sync_health"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "upcoming_bookings"
            referencedColumns: ["broker_id"]
          },
          {
            foreignKeyName: "bookings_broker_id_fkey"
            columns: ["broker_id"]
            referencedRelation: "utilisation_by_day"
            referencedColumns: ["broker_id"]
          },
        ]
      }
      sync_health: {
        Row: {
          account_id: string | null
          account_status: string | null
          broker_id: string | null
          broker_name: string | null
          calendar_id: string | null
          covered_until: string | null
          display_name: string | null
          drift: string | null
          failures: number | null
          gone_at: string | null
          is_unreached: boolean | null
          last_attempt_at: string | null
          last_success_at: string | null
          next_attempt_at: string | null
          obligations_problem: string | null
          problem: string | null
          provider: string | null
          rejected: number | null
        }
        Relationships: []
      }
      upcoming_bookings: {
        Row: {
          booking_id: string | null
          broker_id: string | null
          broker_name: string | null
          channel: string | null
          hold_expires_at: string | null
          is_written: boolean | null
          lead_email: string | null
          lead_name: string | null
          lead_phone: string | null
          local_start: string | null
          meeting_link: string | null
          slot_end: string | null
          slot_start: string | null
          status: string | null
          timezone: string | null
          title: string | null
        }
        Relationships: []
      }
      utilisation_by_day: {
        Row: {
          booked_minutes: number | null
          broker_id: string | null
          broker_name: string | null
          busy_minutes: number | null
          date: string | null
          free_minutes: number | null
          open_minutes: number | null
        }
        Relationships: []
      }
    }
    Functions: {
      add_hook: {
        Args: { event: string; function: string }
        Returns: undefined
      }
      add_webhook_endpoint: {
        Args: { broker_id?: string; events?: string[]; url: string }
        Returns: Json
      }
      apply_sync: { Args: { batch: Json; calendar_id: string }; Returns: Json }
      begin_connection: {
        Args: {
          account_id?: string
          broker_id?: string
          provider: string
          return_to?: string
        }
        Returns: string
      }
      book_calendar_slot: {
        Args: {
          answers?: Json
          broker_id: string
          created_by?: string
          duration_minutes?: number
          hold_minutes?: number
          idempotency_key?: string
          lead_email?: string
          lead_id?: string
          lead_locale?: string
          lead_name?: string
          lead_phone?: string
          lead_timezone?: string
          meeting_type?: string
          notes?: string
          outside_hours?: boolean
          slot_end?: string
          slot_start: string
          title?: string
        }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      booking_ics: {
        Args: { booking_id: string; method?: string }
        Returns: string
      }
      cancel_booking: {
        Args: { booking_id: string; reason?: string }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      cancel_own_booking: {
        Args: { reason?: string; token: string }
        Returns: Json
      }
      check_availability: {
        Args: {
          broker_id: string
          duration_minutes?: number
          max_alternatives?: number
          meeting_type?: string
          requested_time?: string
          timezone?: string
        }
        Returns: Json
      }
      check_timezones: {
        Args: { range_end?: string; range_start?: string }
        Returns: {
          at: string
          engine_offset_seconds: number
          postgres_offset_seconds: number
          timezone: string
        }[]
      }
      complete_booking: {
        Args: { booking_id: string }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      complete_hold: {
        Args: {
          answers?: Json
          lead_email?: string
          lead_locale?: string
          lead_name: string
          lead_phone?: string
          lead_timezone?: string
          notes?: string
          token: string
        }
        Returns: Json
      }
      confirm_booking: {
        Args: { booking_id: string }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      create_booking_link: { Args: { booking_id: string }; Returns: string }
      create_feed: {
        Args: { broker_id: string }
        Returns: Record<string, unknown>
      }
      create_invitation: {
        Args: { booking_id: string }
        Returns: Record<string, unknown>
      }
      decline_booking: {
        Args: { booking_id: string; reason?: string }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      disconnect_account: {
        Args: { account_id: string; keep_events?: boolean }
        Returns: undefined
      }
      dismiss_failure: {
        Args: { failure_id: number; note?: string }
        Returns: undefined
      }
      drop_hook: { Args: { event: string; function: string }; Returns: boolean }
      explain_availability: {
        Args: {
          broker_id: string
          duration_minutes?: number
          meeting_type?: string
          window_end?: string
          window_start?: string
        }
        Returns: Json
      }
      explain_slot: {
        Args: {
          broker_id: string
          meeting_type?: string
          slot_end: string
          slot_start: string
        }
        Returns: Json
      }
      export_ics: {
        Args: { broker_id: string; window_end: string; window_start: string }
        Returns: string
      }
      extend_hold: { Args: { token: string }; Returns: Json }
      feed: { Args: { token: string }; Returns: unknown }
      get_available_slots: {
        Args: {
          broker_id: string
          duration_minutes?: number
          increment_minutes?: number
          max_slots?: number
          meeting_type?: string
          preferred_days?: number[]
          preferred_period?: string
          timezone?: string
          window_end?: string
          window_start?: string
        }
        Returns: {
          slot_end: string
          slot_start: string
        }[]
      }
      get_booking_page: { Args: { page: string }; Returns: Json }
      get_busy: {
        Args: { broker_id: string; window_end: string; window_start: string }
        Returns: {
          ends_at: string
          starts_at: string
        }[]
      }
      get_calendar_log: {
        Args: { calendar_id: string; max_rows?: number }
        Returns: Json
      }
      get_connections: { Args: { broker_id?: string }; Returns: Json }
      get_free_days: {
        Args: {
          duration_minutes?: number
          month: string
          page: string
          timezone: string
        }
        Returns: {
          day: string
          slots: number
        }[]
      }
      get_overview: { Args: { max_problems?: number }; Returns: Json }
      get_own_booking: { Args: { token: string }; Returns: Json }
      get_page_slots: {
        Args: {
          duration_minutes?: number
          page: string
          window_end: string
          window_start: string
        }
        Returns: {
          slot_end: string
          slot_start: string
        }[]
      }
      get_utilisation: {
        Args: { broker_id: string; first_date: string; last_date: string }
        Returns: {
          booked_minutes: number
          busy_minutes: number
          date: string
          free_minutes: number
          open_minutes: number
        }[]
      }
      grant_api_roles: { Args: Record<PropertyKey, never>; Returns: string[] }
      hold_slot: {
        Args: {
          duration_minutes?: number
          idempotency_key?: string
          page: string
          slot_start: string
          token?: string
        }
        Returns: Json
      }
      import_brokers: { Args: { rows: Json }; Returns: Json }
      import_ics: { Args: { calendar_id: string; ics: string }; Returns: Json }
      list_failures: {
        Args: { before_id?: number; max_rows?: number; only_open?: boolean }
        Returns: Json
      }
      list_notifications: {
        Args: {
          before_id?: string
          broker_id?: string
          endpoint_id?: string
          max_rows?: number
          search?: string
          state?: string
        }
        Returns: Json
      }
      list_unwritten: { Args: { max_rows?: number }; Returns: Json }
      list_webhook_endpoints: { Args: { broker_id?: string }; Returns: Json }
      mark_no_show: {
        Args: { booking_id: string }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      parse_when: {
        Args: { phrase: string; reference?: string; timezone: string }
        Returns: {
          ends_at: string
          kind: string
          starts_at: string
        }[]
      }
      remove_obligation: {
        Args: { broker_id: string; external_id: string }
        Returns: boolean
      }
      remove_webhook_endpoint: {
        Args: { endpoint_id: string }
        Returns: undefined
      }
      request_manual_booking: {
        Args: {
          broker_id: string
          lead_email?: string
          lead_id?: string
          lead_name?: string
          lead_phone?: string
          lead_timezone?: string
          reason?: string
          requested_time?: string
        }
        Returns: Json
      }
      request_resync: { Args: { calendar_id: string }; Returns: undefined }
      request_sync: {
        Args: { broker_id?: string; calendar_id?: string; direction?: string }
        Returns: Json
      }
      reschedule_booking: {
        Args: {
          booking_id: string
          duration_minutes?: number
          slot_end?: string
          slot_start: string
        }
        Returns: Database["calendar"]["CompositeTypes"]["booking"]
        SetofOptions: {
          from: "*"
          to: "booking"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      reschedule_own_booking: {
        Args: { slot_start: string; token: string }
        Returns: Json
      }
      retell: { Args: { "": Json }; Returns: Json }
      retry_failure: { Args: { failure_id: number }; Returns: Json }
      revoke_feed: { Args: { feed_id: string }; Returns: boolean }
      rotate_webhook_secret: {
        Args: { endpoint_id: string; keep_hours?: number }
        Returns: string
      }
      save_meeting_type: {
        Args: { broker_id: string; meeting_type: Json }
        Returns: {
          booking_horizon_days: number | null
          broker_id: string
          buffer_after_minutes: number | null
          buffer_before_minutes: number | null
          change_until_minutes: number | null
          created_at: string
          description: string | null
          durations: number[]
          id: string
          increment_minutes: number | null
          is_active: boolean
          location: string | null
          location_kind: string | null
          lock_timezone: boolean
          max_bookings_per_day: number | null
          minimum_notice_minutes: number | null
          name: string
          position: number
          public_booking: boolean | null
          questions: NonNullable<Json>
          requires_confirmation: boolean | null
          slug: string
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "meeting_types"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      search_calendars: {
        Args: { max_rows?: number; only_wrong?: boolean; search?: string }
        Returns: Json
      }
      set_account_status: {
        Args: { account_id: string; problem?: string; status: string }
        Returns: undefined
      }
      set_message_settings: {
        Args: { broker_id: string; settings: Json }
        Returns: Json
      }
      set_obligation_calendars: {
        Args: { broker_id: string; calendar_ids?: string[] }
        Returns: Json
      }
      set_overrides: {
        Args: { broker_id: string; overrides: Json }
        Returns: {
          broker_id: string
          created_at: string
          created_by: string | null
          ends_at: string
          id: string
          kind: string
          reason: string | null
          rrule: string | null
          starts_at: string
        }[]
        SetofOptions: {
          from: "*"
          to: "availability_overrides"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      set_primary_calendar: {
        Args: { calendar_id: string }
        Returns: undefined
      }
      set_retell_key: {
        Args: { api_key: string; broker_id?: string }
        Returns: undefined
      }
      set_working_hours: {
        Args: { broker_id: string; hours: Json; meeting_type?: string }
        Returns: {
          broker_id: string
          end_local: string
          id: string
          is_active: boolean
          meeting_type_id: string | null
          start_local: string
          valid_from: string | null
          valid_until: string | null
          weekday: number
        }[]
        SetofOptions: {
          from: "*"
          to: "working_hours"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      sync_obligations: { Args: { broker_id: string }; Returns: Json }
      try_book: {
        Args: {
          answers?: Json
          broker_id: string
          created_by?: string
          duration_minutes?: number
          hold_minutes?: number
          idempotency_key?: string
          lead_email?: string
          lead_id?: string
          lead_locale?: string
          lead_name?: string
          lead_phone?: string
          lead_timezone?: string
          meeting_type?: string
          notes?: string
          outside_hours?: boolean
          slot_end?: string
          slot_start: string
          title?: string
        }
        Returns: Json
      }
      try_cancel: {
        Args: { booking_id: string; reason?: string }
        Returns: Json
      }
      try_complete: { Args: { booking_id: string }; Returns: Json }
      try_confirm: { Args: { booking_id: string }; Returns: Json }
      try_decline: {
        Args: { booking_id: string; reason?: string }
        Returns: Json
      }
      try_no_show: { Args: { booking_id: string }; Returns: Json }
      try_reschedule: {
        Args: {
          booking_id: string
          duration_minutes?: number
          slot_end?: string
          slot_start: string
        }
        Returns: Json
      }
      upsert_obligation: {
        Args: {
          broker_id: string
          due_at?: string
          due_on?: string
          duration_minutes?: number
          external_id: string
          notes?: string
          reminder_minutes?: number[]
          status?: string
          title: string
          url?: string
        }
        Returns: {
          broker_id: string
          created_at: string
          due_at: string | null
          due_on: string | null
          duration_minutes: number
          expires_at: string
          external_id: string
          id: string
          notes: string | null
          reminder_minutes: number[]
          removed_at: string | null
          sequence: number
          status: string
          title: string
          updated_at: string
          url: string | null
        }
        SetofOptions: {
          from: "*"
          to: "obligations"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      upsert_obligations: {
        Args: { broker_id: string; obligations: Json }
        Returns: Json
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      booking: {
        id: string | null
        broker_id: string | null
        status: string | null
        slot_start: string | null
        slot_end: string | null
        timezone: string | null
        title: string | null
        notes: string | null
        lead_id: string | null
        lead_name: string | null
        lead_email: string | null
        lead_phone: string | null
        lead_timezone: string | null
        hold_expires_at: string | null
        meeting_link: string | null
        cancel_reason: string | null
        created_by: string | null
        idempotency_key: string | null
        problem: string | null
        declined_at: string | null
        created_at: string | null
        updated_at: string | null
        meeting_type_id: string | null
        answers: Json | null
        lead_locale: string | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  calendar: {
    Enums: {},
  },
} as const

