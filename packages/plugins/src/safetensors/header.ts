/** What the header says of a tensor; offsets count from the end of the header. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offsets: readonly [number, number];
}

export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Says what is wrong, and of which tensor. */
export type Refuse = (reason: string, tensor?: string) => never;

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WHOLE_NUMBER = /(?:0|[1-9]\d*)(?![\d.eE])/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Reads the JSON of a header. JSON.parse would keep the second of two equal keys and take 1.0 for a whole number, and
 * the names of tensors may be those of properties that every object has: hence a reader of just this grammar.
 *
 * @param refuse called with a sentence; it must throw
 */
export function parseHeader(text: string, refuse: Refuse): Header {
  return new HeaderReader(text, refuse).header();
}

class HeaderReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly refuse: Refuse,
  ) {}

  header(): Header {
    if (this.text[0] !== '{') this.refuse('The header does not start with {.');
    let metadata: ReadonlyMap<string, string> = new Map();
    const tensors = new Map<string, TensorEntry>();
    this.object('the header', (name) => {
      if (name === '__metadata__') metadata = this.metadata();
      else tensors.set(name, this.tensor(name));
    });
    if (/[^ ]/.test(this.text.slice(this.at)))
      this.refuse('Something other than spaces follows the JSON of the header.');
    return { metadata, tensors };
  }

  private metadata(): ReadonlyMap<string, string> {
    const entries = new Map<string, string>();
    this.object('__metadata__', (key) => entries.set(key, this.string(`The value of ${key} in __metadata__`)));
    return entries;
  }

  private tensor(name: string): TensorEntry {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    this.object(`the tensor ${JSON.stringify(name)}`, (field) => {
      if (field === 'dtype') dtype = this.string('The dtype of a tensor');
      else if (field === 'shape') shape = this.numbers('shape', name);
      else if (field === 'data_offsets') offsets = this.numbers('data_offsets', name);
      else this.refuse(`A tensor has the unknown field ${JSON.stringify(field)}.`, name);
    });
    if (dtype === undefined) return this.refuse('A tensor has no dtype.', name);
    if (!shape) return this.refuse('A tensor has no shape.', name);
    if (!offsets) return this.refuse('A tensor has no data_offsets.', name);
    if (offsets.length !== 2) return this.refuse(`data_offsets have ${offsets.length} entries, not 2.`, name);
    return { dtype, shape, offsets: [offsets[0]!, offsets[1]!] };
  }

  /** `{ "key": … }`, each value read by `member`; no key stands twice. */
  private object(what: string, member: (key: string) => void): void {
    if (!this.take('{')) this.refuse(`${sentence(what)} is not a JSON object.`);
    const keys = new Set<string>();
    if (this.take('}')) return;
    do {
      const key = this.string(`A key of ${what}`);
      if (keys.has(key)) this.refuse(`The key ${JSON.stringify(key)} stands twice in ${what}.`);
      keys.add(key);
      if (!this.take(':')) this.notJson();
      member(key);
    } while (this.take(','));
    if (!this.take('}')) this.notJson();
  }

  private numbers(field: string, tensor: string): number[] {
    if (!this.take('[')) this.refuse(`${field} of a tensor must be a list.`, tensor);
    const numbers: number[] = [];
    if (this.take(']')) return numbers;
    do {
      const digits = this.match(WHOLE_NUMBER);
      if (digits === undefined) this.refuse(`${field} of a tensor must be whole numbers from 0 on.`, tensor);
      else numbers.push(Number(digits));
    } while (this.take(','));
    if (!this.take(']')) this.notJson();
    return numbers;
  }

  private string(what: string): string {
    const quoted = this.match(STRING);
    if (quoted === undefined) return this.refuse(`${what} is not a string.`);
    return JSON.parse(quoted) as string;
  }

  private take(sign: string): boolean {
    this.match(SPACE);
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    if (pattern !== SPACE) this.match(SPACE);
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private notJson(): never {
    return this.refuse(`The header is not valid JSON: nothing fits at character ${this.at}.`);
  }
}

function sentence(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
