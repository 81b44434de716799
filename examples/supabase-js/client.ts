import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from './database.types.js'

/** A client of schema `calendar`, with the types of its functions, tables and views. */
export type Calendar = SupabaseClient<Database, 'calendar'>

type Row = Database['calendar']['CompositeTypes']['booking']
/** What no booking is without. */
type Given =
  | 'id' | 'broker_id' | 'status' | 'slot_start' | 'slot_end' | 'timezone'
  | 'created_by' | 'created_at' | 'updated_at'

/** A booking as every function returns it. PostgreSQL cannot say which fields of a type are given. */
export type Booking = { [K in keyof Row]: K extends Given ? NonNullable<Row[K]> : Row[K] }

/**
 * Connects. `key` is the project's anon or service key. `userToken` is the access token of a user
 * who is logged in: its `sub` is a broker's `user_id`.
 */
export function connect(url: string, key: string, userToken?: string): Calendar {
  return createClient<Database, 'calendar'>(url, key, {
    db: { schema: 'calendar' },
    auth: { persistSession: false, autoRefreshToken: false },
    ...(userToken ? { accessToken: async () => userToken } : {}),
  })
}
