// The mark in the code of each function: the control that the code belongs to. The bundler writes it, and the rules
// read it in the assets of the assembly.
import { createHash } from 'node:crypto';

/** File of the mark in the folder of the code. */
export const controlMark = 'control.json';

/** The mark of a control. The digest of `index.js` ties it to the folder: a copy beside another bundle is invalid. */
export const controlMarkText = (control: string, bundle: string | Buffer): string =>
  `${JSON.stringify({ control, bundle: createHash('sha256').update(bundle).digest('hex') })}\n`;
