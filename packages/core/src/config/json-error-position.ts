const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Index of the first character that breaks the grammar of JSON; the length where the text ends too early, undefined
 * where it is JSON. JSON.parse names no place for most mistakes.
 */
export function jsonErrorPosition(text: string): number | undefined {
  const scanner = new Scanner(text);
  return scanner.value() && scanner.atEnd() ? undefined : scanner.position;
}

class Scanner {
  position = 0;

  constructor(private readonly text: string) {}

  value(): boolean {
    this.skip(SPACE);
    const opening = this.text[this.position];
    if (opening === '{') return this.list('{', '}', () => this.member());
    if (opening === '[') return this.list('[', ']', () => this.value());
    return (this.skip(STRING) || this.skip(SCALAR)) && this.skip(SPACE);
  }

  atEnd(): boolean {
    return this.position === this.text.length;
  }

  private list(opening: string, closing: string, item: () => boolean): boolean {
    this.take(opening);
    if (this.take(closing)) return true;
    do {
      if (!item()) return false;
    } while (this.take(','));
    return this.take(closing);
  }

  private member(): boolean {
    this.skip(SPACE);
    return this.skip(STRING) && this.take(':') && this.value();
  }

  private take(character: string): boolean {
    this.skip(SPACE);
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return this.skip(SPACE);
  }

  /** Moves on over a match; SPACE matches nothing, too. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match) this.position = pattern.lastIndex;
    return match !== null;
  }
}
