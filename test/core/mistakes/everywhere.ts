/** A mistake of the pen, typed into a line `key: value` of any file; KEY stands for the key. */
export interface Slip {
  what: string;
  /** What stands in place of the line. */
  type: (key: string, value: string) => string;
  /** Where it is found, counted from that line. */
  line?: number;
  rule: string;
  message: string;
  hint: string;
}

const yaml = { rule: 'yaml' };

export const SLIPS: readonly Slip[] = [
  {
    what: 'a letter too many in a key',
    type: (key, value) => `${key}x: ${value}`,
    rule: 'unknown-key',
    message: 'is not known here',
    hint: 'did you mean "KEY"?',
  },
  {
    what: 'a capital letter in a key',
    type: (key, value) => `${key.slice(0, 1).toUpperCase()}${key.slice(1)}: ${value}`,
    rule: 'unknown-key',
    message: 'is not known here',
    hint: 'did you mean "KEY"?',
  },
  {
    what: 'a key twice',
    type: (key, value) => `${key}: ${value}\n${key}: ${value}`,
    line: 1,
    ...yaml,
    message: 'the key "KEY" stands twice',
    hint: 'keep one of the two',
  },
  {
    what: 'no colon',
    type: (key, value) => `${key} ${value}`,
    ...yaml,
    message: 'a colon is missing after "KEY"',
    hint: 'write "KEY: …"',
  },
  {
    what: 'no space after the colon',
    type: (key, value) => `${key}:${value}`,
    ...yaml,
    message: 'a space is missing after "KEY:"',
    hint: 'write "KEY: …"',
  },
  {
    what: 'an equals sign',
    type: (key, value) => `${key} = ${value}`,
    ...yaml,
    message: '"=" stands where a colon belongs',
    hint: 'write "KEY: …"',
  },
  {
    what: 'a quote that is not closed',
    type: (key, value) => `${key}: "${value}`,
    ...yaml,
    message: 'a quote is opened here and not closed',
    hint: 'write " at the end',
  },
  {
    what: 'a quote that is not opened',
    type: (key) => `${key}: text"`,
    ...yaml,
    message: 'a quote ends here that was opened nowhere',
    hint: 'write one before the text',
  },
  {
    what: 'text after the quotes',
    type: (key, value) => `${key}: "${value}" again`,
    ...yaml,
    message: 'more text follows after the closing quote',
    hint: 'put the whole text in quotes',
  },
  {
    what: 'curly quotes',
    type: (key, value) => `${key}: “${value}”`,
    ...yaml,
    message: 'curly quotes are no quotes',
    hint: 'write straight quotes',
  },
  {
    what: 'one curly quote',
    type: (key, value) => `${key}: "${value}”`,
    ...yaml,
    message: 'the one that should close it is curly',
    hint: 'write straight quotes',
  },
  {
    what: 'a colon in a text',
    type: (key, value) => `${key}: ${value}: more`,
    ...yaml,
    message: 'a colon stands in a text without quotes',
    hint: 'put the whole text in quotes',
  },
  {
    what: 'a brace that is not closed',
    type: (key, value) => `${key}: {a: ${value}`,
    ...yaml,
    message: '"{" is opened here and not closed',
    hint: 'write "}" where it ends',
  },
  {
    what: 'a bracket that is not closed',
    type: (key, value) => `${key}: [${value}`,
    ...yaml,
    message: '"[" is opened here and not closed',
    hint: 'write "]" where it ends',
  },
  {
    what: 'a brace too many',
    type: (key, value) => `${key}: {a: ${value}}}`,
    ...yaml,
    message: '"}" closes what nothing has opened',
    hint: 'remove it',
  },
  {
    what: 'a tab',
    type: (key, value) => `\t${key}: ${value}`,
    ...yaml,
    message: 'a tab is used for indentation',
    hint: 'indent with spaces',
  },
  {
    what: 'a space before the key',
    type: (key, value) => ` ${key}: ${value}`,
    ...yaml,
    message: 'where it fits nothing',
    hint: 'indent it by ',
  },
  {
    what: 'a space that is none',
    type: (key, value) => `${key}:\u{A0}${value}`,
    ...yaml,
    message: 'is another character (U+00A0)',
    hint: 'write an ordinary space',
  },
  {
    what: 'a character of width zero',
    type: (key, value) => `${key}\u{200B}: ${value}`,
    ...yaml,
    message: 'is another character (U+200B)',
    hint: 'or remove it',
  },
  {
    what: 'a control character',
    type: (key, value) => `${key}: "${value}\u{7}"`,
    ...yaml,
    message: 'a control character',
    hint: 'remove it',
  },
  {
    what: 'a conflict',
    type: (key, value) => `<<<<<<< HEAD\n${key}: ${value}\n=======\n${key}: other\n>>>>>>> other`,
    ...yaml,
    message: 'a merge was not finished',
    hint: 'keep one version',
  },
  {
    what: 'a marker that was left',
    type: (key, value) => `${key}: ${value}\n>>>>>>> other`,
    line: 1,
    ...yaml,
    message: 'a merge was not finished',
    hint: 'remove the lines that begin with',
  },
  {
    what: 'an anchor',
    type: (key, value) => `${key}: &one ${value}`,
    ...yaml,
    message: 'anchors are not read here',
    hint: 'write the value out',
  },
  {
    what: 'an alias',
    type: (key) => `${key}: *one`,
    ...yaml,
    message: 'aliases are not read here',
    hint: 'write the value out',
  },
  {
    what: 'a tag',
    type: (key, value) => `${key}: !!str ${value}`,
    ...yaml,
    message: 'tags are not read here',
    hint: 'write plain text',
  },
  {
    what: 'a merge key',
    type: (key, value) => `${key}: ${value}\n<<: {a: 1}`,
    line: 1,
    ...yaml,
    message: 'merge keys are not read here',
    hint: 'write the keys out',
  },
  {
    what: 'a leading zero',
    type: (key) => `${key}: 007`,
    ...yaml,
    message: '007 would be read as the number 7',
    hint: 'write "007" in quotes',
  },
];

/** What is wrong with a file as a whole. `line`: of what is found. */
export interface Whole {
  what: string;
  type: (text: string) => string;
  line: (text: string) => number;
  rule: string;
  message: string;
  hint: string;
}

const first = (): number => 1;

/** For every file but announcements, which are pages. */
export const WHOLE: readonly Whole[] = [
  {
    what: 'nothing',
    type: () => '',
    line: first,
    rule: 'schema',
    message: 'the file is empty',
    hint: 'it holds ',
  },
  {
    what: 'comments only',
    type: () => '# to be written\n\n',
    line: first,
    rule: 'schema',
    message: 'the file is empty',
    hint: 'it holds ',
  },
  {
    what: 'a sentence',
    type: () => 'to be written\n',
    line: first,
    rule: 'schema',
    message: 'stands where a mapping belongs',
    hint: 'key: value',
  },
  {
    what: 'a list',
    type: (text) => text.replaceAll(/^(?=[a-z])/gmu, '- '),
    line: (text) => text.split('\n').findIndex((one) => /^[a-z]/u.test(one)) + 1,
    rule: 'schema',
    message: 'stands where a mapping belongs',
    hint: 'key: value',
  },
  {
    what: 'a code block of Markdown',
    type: (text) => `\`\`\`yaml\n${text}\`\`\`\n`,
    line: first,
    ...yaml,
    message: 'stands in a code block of Markdown',
    hint: 'remove the lines',
  },
  {
    what: 'a byte order mark',
    type: (text) => `\u{FEFF}${text}`,
    line: first,
    ...yaml,
    message: 'byte order mark',
    hint: 'without BOM',
  },
  {
    what: 'the file twice',
    type: (text) => `${text}---\n${text}`,
    line: (text) => text.split('\n').length,
    ...yaml,
    message: 'several documents',
    hint: 'one file, one document',
  },
  {
    what: 'the file twice, with nothing between',
    type: (text) => text + text,
    line: (text) =>
      text.split('\n').length + text.split('\n').findIndex((one) => /^[a-z]/u.test(one)),
    ...yaml,
    message: 'stands twice',
    hint: 'keep one of the two',
  },
];
