/** Records of an RFC 4180 text, read strictly. Throws if the text is invalid. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const [field, next] = text[at] === '"' ? quoted(text, at + 1) : bare(text, at);
    record.push(field);
    if (text[next] === ',') at = next + 1;
    else if (text.startsWith('\r\n', next)) {
      records.push(record);
      record = [];
      at = next + 2;
    } else throw new Error(`no comma and no line end at ${next}`);
  }
  return records;
}

function quoted(text: string, from: number): [string, number] {
  let field = '';
  for (let at = from; at < text.length; at += 1) {
    if (text[at] !== '"') field += text[at];
    else if (text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else return [field, at + 1];
  }
  throw new Error('a quote that never ends');
}

function bare(text: string, from: number): [string, number] {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
    if (text[at] === '"' || text[at] === '\n') throw new Error(`a bare ${JSON.stringify(text[at])} at ${at}`);
    at += 1;
  }
  return [text.slice(from, at), at];
}
