import { complains, type WrongInput } from './wrong-input.js';

const rows = (content: string | Uint8Array, options = '', use = 'jsonl'): WrongInput => ({
  config: `tokenizer: { use: character }\npolicy: { use: transformer, contextLength: 24 }\nprompts: { train: { use: ${use}, file: data/train.${use}${options} } }`,
  files: { [`data/train.${use}`]: content },
});
const csv = (content: string, options = ''): WrongInput => rows(content, options, 'csv');

complains({
  'a file that is not there': { ...rows(''), files: {} },
  'a folder for a file': { ...rows(''), files: { 'data/train.jsonl/inner': '' } },
  'an empty file': rows(''),
  'only empty lines': rows('\n\n\n'),
  'a line that is no JSON': rows('{"prompt": "1+1=", "answer": "2"}\n{prompt: 1}\n'),
  'a line with a comma too many': rows('{"prompt": "1+1=", "answer": "2",}\n'),
  'a file that ends in the middle of a row': rows('{"prompt": "1+1=", "answer": "2"}\n{"prompt": "1+2="'),
  'a row that is a list': rows('["1+1=", "2"]\n'),
  'a row that is null': rows('null\n'),
  'a whole file that is one list': rows('[\n{"prompt": "1+1=", "answer": "2"}\n]\n'),
  'a row without the column of the prompt': rows('{"promt": "1+1=", "answer": "2"}\n'),
  'a row without the column of the answer': rows('{"prompt": "1+1="}\n'),
  'a column that is named wrongly': rows('{"prompt": "1+1=", "answer": "2"}\n', ', reference: anwser'),
  'a prompt that is a number': rows('{"prompt": 11, "answer": "2"}\n'),
  'a prompt that is null': rows('{"prompt": null, "answer": "2"}\n'),
  'an answer that is a map': rows('{"prompt": "1+1=", "answer": {"value": 2}}\n'),
  'messages without a role': rows('{"prompt": [{"content": "1+1="}], "answer": "2"}\n'),
  'messages for a tokenizer that has no template': rows(
    '{"prompt": [{"role": "user", "content": "1+1="}], "answer": "2"}\n',
  ),
  'two rows that are the same': rows('{"prompt": "1+1=", "answer": "2"}\n{"prompt": "1+1=", "answer": "2"}\n'),
  'two rows with one id': rows(
    '{"id": 7, "prompt": "1+1=", "answer": "2"}\n{"id": 7, "prompt": "1+2=", "answer": "3"}\n',
    ', id: id',
  ),
  'a character that the tokenizer does not know': rows('{"prompt": "3×4=", "answer": "12"}\n'),
  'a prompt that is too long': rows(`{"prompt": "${'1+'.repeat(20)}1=", "answer": "21"}\n`),
  'a prompt without a character': rows('{"prompt": "", "answer": "2"}\n'),
  'bytes that are no UTF-8': rows(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d, 0x0a)),
  'a side of the split that is empty': rows('{"prompt": "1+1=", "answer": "2"}\n', ', split: heldOut, heldOutShare: 0'),
  'a split that there is not': rows('{"prompt": "1+1=", "answer": "2"}\n', ', split: test'),
  'a record with a field too many': csv('prompt,answer\n1+1=,2,3\n'),
  'a record with a field too few': csv('prompt,answer\n1+1=\n'),
  'a quote that is never closed': csv('prompt,answer\n"1+1=,2\n'),
  'a header with a column twice': csv('prompt,prompt\n1+1=,2\n'),
  'a header alone': csv('prompt,answer\n'),
  'semicolons for commas': csv('prompt;answer\n1+1=;2\n'),
  'a separator of two characters': csv('prompt,answer\n', ", separator: ', '"),
});
