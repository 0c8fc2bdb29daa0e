// Secrets in texts: keys and tokens by their form, values that are assigned to the name of a secret, and random words.

/** Names of properties and variables that hold a secret, and similar names of settings. */
const secretName =
  /(?:password|passwd|passphrase|passcode|secret|private_?key|api_?key|access_?key|signing_?key|auth_?token|credential|authorization)s?$|^secret_?string$|(?:^|[_.:-])(?:pg|db)?(?:pass|pwd|token|jwt)s?$/i;
const settingName = /^(?:generate|exclude|require|minimum|temporary|hasNo|enable)|policy|rotation|manage/i;

export const isSecretName = (name: string): boolean => secretName.test(name) && !settingName.test(name);

/**
 * Texts that are a secret in any property: private keys, keys of AWS, addresses with a password, tokens of services.
 */
const secretForms: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])/,
  /:\/\/[^/\s:@${}]+:[^/\s:@${}]+@/,
  /(?<!\w)gh[oprsu]_[A-Za-z0-9]{30,}|(?<!\w)github_pat_\w{20,}|(?<!\w)glpat-[\w-]{20,}|(?<!\w)npm_[A-Za-z0-9]{36}/,
  /(?<!\w)xox[abeoprs]-[\w-]{10,}|hooks\.slack\.com\/services\/\w|(?<!\w)[rs]k_live_\w{10,}|(?<!\w)AIza[\w-]{35}/,
  /(?<!\w)eyJ[\w-]{8,}\.eyJ[\w-]{8,}\./,
  /AGE-SECRET-KEY-1|(?<!\w)SG\.[\w-]{16,}\.[\w-]{16,}/,
];

/** References in canonical form. Their names are no text of the template. */
const reference = /\$\{(?:[a-z]+\/[\w.]+|AWS::\w+|parameter \w+)\}/g;

/** Stands for a reference, so that a value that consists of one is distinguished from one with text beside it. */
const marker = '\u0001';

/** An attribute of a resource that is a secret itself, as in `${identity/Key.SecretAccessKey}`. */
const attribute = /\$\{[a-z]+\/\w+(?:\.\w+)*\.(\w+)\}/g;

/** Dynamic reference, which CloudFormation replaces by a value of another service. */
export const isDynamicReference = (text: string): boolean => text.includes('{{resolve:');

/** Whether a value in canonical form is a reference to a resource, and nothing else. */
export const isWholeReference = (text: string): boolean => /^\$\{[a-z]+\/\w[\w.]*\}$/.test(text);

/**
 * The secret that a text contains, as a noun phrase; `undefined` if there is none. `digests` admits SHA-256 digests,
 * whose form is that of a random key.
 */
export function secretIn(text: string, digests = false): string | undefined {
  if (secretForms.some((form) => form.test(text))) return 'a private key, access key, token or address with a password';
  if ([...text.matchAll(attribute)].some(([, name]) => isSecretName(name as string))) return 'a resolved secret';
  const plain = text.replace(reference, marker);
  if (assignments(plain).some(isSecretAssignment)) return 'a value that is assigned to the name of a secret';
  const words = plain.split(/[^A-Za-z0-9+=]+/);
  if (words.some((word) => isRandom(word) && !(digests && /^[0-9a-f]{64}$/.test(word)))) return 'a random word';
  return words.some(hidesSecret) ? 'a secret in Base64' : undefined;
}

interface Assignment {
  readonly name: string;
  readonly value: string;
}

/** Assignments of a shell, of JSON and of headers, and options of commands. The name in an ARN is none. */
function assignments(text: string): readonly Assignment[] {
  const others = text.replace(/arn:aws:secretsmanager:[^:]*:[^:]*:secret:/g, ' ');
  const pairs = others.matchAll(/([\w.-]+)["']?\s*(?:=|:(?!:))\s*(?:["']|Bearer\s+|Basic\s+)?([^\s"',;}]+)/g);
  const flags = others.matchAll(/--([\w-]+)[ =]["']?([^\s"']+)/g);
  return [...pairs, ...flags].map(([, name, value]) => ({ name: name as string, value: value as string }));
}

/** A reference, or a variable or command of the shell, is read at run time. `$!{` is an escaped dollar sign. */
const isSecretAssignment = ({ name, value }: Assignment): boolean =>
  isSecretName(name) && value !== marker && !/^\$(?:\(.*|!?\{\w[^}]*\}|\w+)$/.test(value);

/** Shortest word that is judged, and the shares of neighbours of different kinds from which it is random. */
const shortestWord = 20;
const randomShares: Readonly<Record<number, number>> = { 2: 0.3, 3: 0.45 };

/**
 * Whether a word with digits is random: in random Base64, three of five neighbours are of different kinds (small
 * letter, capital, digit), in random hexadecimal digits every second; in a name of many words, one of three is at
 * most.
 */
function isRandom(word: string): boolean {
  if (word.length < shortestWord || !/\d/.test(word)) return false;
  const kinds = [...word].map((letter) => (/[a-z]/.test(letter) ? 'a' : /[A-Z]/.test(letter) ? 'A' : '0'));
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes / (word.length - 1) >= (randomShares[new Set(kinds).size] ?? 1);
}

/** Whether a word is Base64 of a readable text with a secret. */
function hidesSecret(word: string): boolean {
  if (word.length < shortestWord || !/^[A-Za-z0-9+/]+={0,2}$/.test(word)) return false;
  const text = Buffer.from(word, 'base64').toString('latin1');
  return /^[\t\n\r\x20-\x7e]+$/.test(text) && secretIn(text) !== undefined;
}
