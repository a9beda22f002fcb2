/** Reads a stream of server-sent events; comments are passed over. */
export async function* eventsOf(response) {
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    let end;
    while ((end = text.indexOf('\n\n')) >= 0) {
      const fields = text.slice(0, end).split('\n').filter((line) => !line.startsWith(':'));
      text = text.slice(end + 2);
      const event = Object.fromEntries(fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
      if (event.data !== undefined) {
        yield { ...event, data: JSON.parse(event.data) };
      }
    }
  }
}
