import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from './types.js'

/** A client of schema `calendar`, with the types of its functions, tables and views. */
export type Calendar = SupabaseClient<Database, 'calendar'>

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
