import {
  context,
  ROOT_CONTEXT,
  trace,
  type Context,
  type ContextManager,
} from '@opentelemetry/api';
import { activeTrace } from './active-trace';

/** The minimal manager: one context, as long as a function runs. */
class OneContext implements ContextManager {
  private current: Context = ROOT_CONTEXT;
  active = () => this.current;
  with<Args extends unknown[], Run extends (...args: Args) => ReturnType<Run>>(
    active: Context,
    run: Run,
    _this?: ThisParameterType<Run>,
    ...args: Args
  ): ReturnType<Run> {
    this.current = active;
    try {
      return run(...args);
    } finally {
      this.current = ROOT_CONTEXT;
    }
  }
  bind = <Target>(_: Context, target: Target): Target => target;
  enable = () => this;
  disable = () => this;
}

describe('the trace that a line of the log belongs to', () => {
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

  afterEach(() => {
    context.disable();
  });

  it('is that of the active span, as OpenTelemetry keeps it', () => {
    expect(activeTrace()).toBeUndefined();
    context.setGlobalContextManager(new OneContext());
    expect(activeTrace()).toBeUndefined();
    const span = trace.wrapSpanContext({ ...ids, traceFlags: 1 });
    expect(context.with(trace.setSpan(ROOT_CONTEXT, span), activeTrace)).toEqual(ids);
  });
});
