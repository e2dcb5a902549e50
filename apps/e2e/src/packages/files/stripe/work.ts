import Stripe from 'stripe';

export function work(): string {
  const stripe = new Stripe('sk_test_none');
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'invoice.paid' });
  const secret = 'whsec_test';
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
  return stripe.webhooks.constructEvent(payload, header, secret).type;
}
