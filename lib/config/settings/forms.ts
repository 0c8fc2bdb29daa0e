// Forms of values that several parts of the schema have.
import { z } from 'zod';

/** Text of a form that errors can name: `expected` completes "expected ...". */
export const textLike = (form: RegExp, expected: string) => z.string({ error: expected }).regex(form, { error: expected });

export const cidr = z.cidrv4({ error: 'an IPv4 range such as 10.64.0.0/16' });
