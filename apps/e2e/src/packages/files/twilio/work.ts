import twilio from 'twilio';

export function work(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.say('Hello, Ada');
  const client = twilio('AC00000000000000000000000000000000', 'token');
  return `${response.toString().split('?>')[1] ?? ''} ${client.accountSid.slice(0, 2)}`;
}
