// What the console says, by language.

import de from './console-de.js';
import en from './console-en.js';
import es from './console-es.js';
import fr from './console-fr.js';

/** @type {Record<string, Dictionary>} */
export const languages = { de, en, es, fr };
