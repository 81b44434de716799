// Where PostgREST is, and what its gateway asks for as `apikey` (Supabase: the anon key). Those who host
// these pages write it here; nothing else in this directory needs to be changed.

export const src = '/rest/v1';
export const apikey = '';
// For connections.html and console.html: where Supabase Auth is, such as https://PROJECT.supabase.co/auth/v1;
export const authUrl = '';
// or, where another page signs in, a function that returns the JWT, such as
// async () => (await supabase.auth.getSession()).data.session?.access_token ?? null
export const accessToken = null;
