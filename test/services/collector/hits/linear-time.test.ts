// Long values of few characters, at each place where a client can send one: read in linear time. In quadratic time a
// server would stand still for seconds at each, and these tests for longer than their limit.
import { setUp } from './set-up';

const begins = ['', '{', '${', '{{', '%', '%%', '[', '[[', '[%', '<%', '*|', '__', '$', '(', '{a-', '[object ', '"', 'f[', 'a['];
const rests = [
  'z',
  'a',
  'a.',
  'A_',
  '-',
  ' ',
  '${',
  '}',
  '{}',
  '|',
  '0',
  '1e',
  '\\',
  '"',
  '[',
  '\n',
  '\r\n',
  '%',
  '%e2',
  '+',
  '=',
  ',',
  'a\n',
];
const bytes = 60_000;
const longTexts = (begin: string): readonly string[] =>
  rests.flatMap((rest) => {
    const text = begin + rest.repeat(Math.floor((bytes - begin.length) / rest.length));
    return [text, `${text} !`];
  });

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const plain = { 'content-type': 'text/plain' };

test.each(begins)(
  'long values that begin with %j in JSON',
  async (begin) => {
    const { post } = setUp();
    for (const text of longTexts(begin)) {
      for (const name of ['kind', 'url', 'visitor', 'occurred', 'id']) await post({ site: 'acme', [name]: text.slice(0, 30_000) });
    }
  },
  30_000,
);

test.each(begins)(
  'long values and names that begin with %j in forms, encoded and not',
  async (begin) => {
    const { post } = setUp();
    for (const text of longTexts(begin)) {
      await post(`site=acme&visitor=${text}`, form);
      await post(`site=acme&kind=p&f.x=${text}`, plain);
      await post(`site=acme&${text}=1`, form);
      await post(text, plain);
      await post(`site=acme&visitor=${encodeURIComponent(text).slice(0, bytes)}`, form);
    }
  },
  30_000,
);
