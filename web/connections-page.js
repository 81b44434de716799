// The page around <calendar-connections>. `accessToken` of settings.js signs in, or else `authUrl`.

import './calendar-connections.js';
import * as settings from './settings.js';

const element = /** @type {import('./calendar-connections.js').CalendarConnections} */ (document.createElement('calendar-connections'));
element.setAttribute('src', settings.src);
if (settings.apikey) element.setAttribute('apikey', settings.apikey);
element.setAttribute('booking-url', 'booking.html');
if (settings.authUrl) element.setAttribute('auth-url', settings.authUrl);
element.accessToken = /** @type {AccessToken | null} */ (settings.accessToken);
document.body.append(element);
