// Checks structures of Thrift's compact protocol before they are decoded: the decoder would allocate a list of
// millions of elements before it reads one.

const [stop, yes, no, byte, i16, i32, i64, double, binary, list, struct] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12] as const;

/** Depth of the deepest structure of Parquet's footer is 8 ("parquet.thrift"). */
const mostDepth = 16;

/**
 * Position after the structure at `start`.
 *
 * @throws RangeError for a structure that does not end within the bytes, is too deep, or has a type that Parquet lacks
 */
export function endOfStruct(bytes: Uint8Array, start: number, depth = 0): number {
  if (depth > mostDepth) throw new RangeError(`expected at most ${mostDepth} levels, got more`);
  let at = start;
  for (;;) {
    const header = byteAt(bytes, at++);
    const type = header & 0x0f;
    if (type === stop) return at;
    if (header >> 4 === 0) at = varint(bytes, at).end;
    at = endOfValue(bytes, at, type, depth);
  }
}

function endOfValue(bytes: Uint8Array, start: number, type: number, depth: number): number {
  switch (type) {
    case yes:
    case no:
      return start;
    case byte:
      return within(bytes, start + 1);
    case i16:
    case i32:
    case i64:
      return varint(bytes, start).end;
    case double:
      return within(bytes, start + 8);
    case binary: {
      const { value, end } = varint(bytes, start);
      return within(bytes, end + value);
    }
    case list:
      return endOfList(bytes, start, depth + 1);
    case struct:
      return endOfStruct(bytes, start, depth + 1);
    default:
      throw new RangeError(`expected a type of the compact protocol, got ${type}`);
  }
}

function endOfList(bytes: Uint8Array, start: number, depth: number): number {
  if (depth > mostDepth) throw new RangeError(`expected at most ${mostDepth} levels, got more`);
  const header = byteAt(bytes, start);
  const type = header & 0x0f;
  const short = header >> 4;
  const { value: size, end } = short === 15 ? varint(bytes, start + 1) : { value: short, end: start + 1 };
  // Each element has one byte or more.
  within(bytes, end + size);
  let at = end;
  for (let element = 0; element < size; element++) at = type === yes || type === no ? at + 1 : endOfValue(bytes, at, type, depth);
  return at;
}

/** A number in groups of 7 bits, at most 10 of them. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; at < start + 10; at++, scale *= 128) {
    const group = byteAt(bytes, at);
    value += (group & 0x7f) * scale;
    if (group < 0x80) return { value, end: at + 1 };
  }
  throw new RangeError('expected a number of at most 10 bytes, got more');
}

function byteAt(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new RangeError(`expected a structure within ${bytes.length} bytes, got a longer one`);
  return value;
}

function within(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw new RangeError(`expected a structure within ${bytes.length} bytes, got a longer one`);
  return end;
}
