// Where PostgREST is, and what its gateway asks for as `apikey` (Supabase: the anon key). Whoever hosts
// these pages writes it here; nothing else in this directory needs to be changed.

export const src = '/rest/v1';
export const apikey = '';
// For connections.html and console.html: a function that returns the JWT of who is signed in, such as
// async () => (await supabase.auth.getSession()).data.session?.access_token ?? null
export const accessToken = null;
