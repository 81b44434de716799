// What the broker's pages say, by language.

import de from './broker-de.js';
import en from './broker-en.js';
import es from './broker-es.js';
import fr from './broker-fr.js';

/** @type {Record<string, Dictionary>} */
export const languages = { de, en, es, fr };
