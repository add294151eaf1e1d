import { Tokenizer } from '@huggingface/tokenizers';

/** What is used of the library's Tokenizer. */
export interface Encoder {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
  decode(
    ids: readonly number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  get_vocab(withAdded: boolean): ReadonlyMap<string, number>;
}

/** The library's declarations import each other without endings, which `moduleResolution: nodenext` can't follow. */
export const Encoder = Tokenizer as unknown as new (tokenizer: object, config: object) => Encoder;
