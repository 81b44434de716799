// The page around <calendar-console>. `accessToken` of settings.js signs in, or else `authUrl`.

import './calendar-console.js';
import * as settings from './settings.js';

const element = /** @type {import('./calendar-console.js').CalendarConsole} */ (document.createElement('calendar-console'));
element.setAttribute('src', settings.src);
if (settings.apikey) element.setAttribute('apikey', settings.apikey);
if (settings.authUrl) element.setAttribute('auth-url', settings.authUrl);
element.accessToken = /** @type {AccessToken | null} */ (settings.accessToken);
document.body.append(element);
