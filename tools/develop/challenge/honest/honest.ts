// Honest changes: they keep every promise, and pass with one declaration, one changed form, or neither.
import type { Settings } from '../../../../lib/config/settings/settings';
import type { Declaration } from '../../../../lib/tom/world/declaration';
import type { FormLike } from '../../../../lib/tom/world/form';
import type { Templates } from '../challenge';

/** Another form of one property of a declaration, as in `Properties.Tags`. */
export interface Amendment {
  /** Name of the declaration, as in `data/Archive`. */
  readonly of: string;
  readonly path: string;
  readonly form: FormLike;
}

export interface HonestChange {
  /** Title: one noun phrase, as in `a function with more memory`. */
  readonly title: string;
  /** Changes the templates in place. */
  change(templates: Templates): void;
  /** Settings after the change. @default - those of the deployment */
  readonly settings?: (settings: Settings) => Settings;
  /** The declaration that the change adds. @default - none */
  readonly declares?: Declaration;
  /** The form that the change replaces. @default - none */
  readonly amends?: Amendment;
}
