// Extensions of chunks (RFC 9112 section 7.1.1), which are checked and dropped: `;<token>`, `;<token>=<token>` or
// `;<token>="<text>"`, without space around them, as llhttp reads them.
import { fieldValue, octet, quotedText, token } from './octets';

const { carriageReturn, semicolon, equals, quote, backslash } = octet;

/** The part of an extension before the next octet. `start`: after the semicolon. `closed`: after the second quote. */
export type ExtensionState = 'start' | 'name' | 'value' | 'token' | 'quoted' | 'escaped' | 'closed';

/** The state after an octet; `end` after the carriage return that ends the line; undefined for a refused octet. */
export function afterOctet(state: ExtensionState, character: number): ExtensionState | 'end' | undefined {
  const isToken = token[character] === 1;
  switch (state) {
    case 'start':
      return isToken ? 'name' : undefined;
    case 'name':
      if (character === equals) return 'value';
      return isToken ? 'name' : afterWhole(character);
    case 'value':
      if (character === quote) return 'quoted';
      return isToken ? 'token' : undefined;
    case 'token':
      return isToken ? 'token' : afterWhole(character);
    case 'quoted':
      if (character === quote) return 'closed';
      if (character === backslash) return 'escaped';
      return quotedText[character] === 1 ? 'quoted' : undefined;
    case 'escaped':
      return fieldValue[character] === 1 ? 'quoted' : undefined;
    case 'closed':
      return afterWhole(character);
  }
}

function afterWhole(character: number): 'start' | 'end' | undefined {
  if (character === semicolon) return 'start';
  return character === carriageReturn ? 'end' : undefined;
}
