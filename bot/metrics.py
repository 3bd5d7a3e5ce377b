"""What the product counts, by name; `/metrics` shows it. Labels hold names of channels and steps, never of people."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

refused = Counter("bot_webhooks_refused_total", "Requests that their provider did not send.", ["door"])
malformed = Counter("bot_webhooks_malformed_total", "Requests of a provider that make no sense.", ["door"])
accepted = Counter("bot_events_accepted_total", "Events by what became of them.", ["door", "outcome"])
accept_seconds = Histogram("bot_accept_seconds", "From a request to its stored answer.", ["door"], buckets=_FAST)
wake_failed = Counter("bot_wake_failed_total", "Wake-ups that could not be handed over; the poll finds the work.")
thought = Counter("bot_threads_thought_total", "Conversations answered, withheld or passed on.")
understanding = Counter("bot_understanding_cpu_seconds_total", "CPU that reading texts has taken.")
readings = Counter(
    "bot_readings_total", "Texts by who read them, and why it was not Rasa where it is set.", ["by", "why"]
)
rasa_open = Gauge("bot_rasa_left_alone", "Whether Rasa has failed so often that the built-in classifier reads.")
look_ups = Counter("bot_look_ups_total", "Look-ups of polling places by who answered what.", ["by", "outcome"])
look_up_seconds = Histogram("bot_look_up_seconds", "One look-up, its second try included.", ["by"], buckets=_FAST)
look_up_open = Gauge("bot_look_up_left_alone", "Whether a service of polling places has failed too often.", ["by"])
think_failed = Counter(
    "bot_think_failed_total", "Conversations that could not be handled, by whether it was the last try.", ["dead"]
)
sent = Counter("bot_sent_total", "Outgoing rows by what became of them.", ["channel", "state"])
send_seconds = Histogram("bot_send_seconds", "One call of a provider.", ["channel"], buckets=_FAST)
provider_stops = Gauge("bot_stopped_by_providers", "Voters of the last hour of whose stop only the provider told us.")
swept = Counter("bot_swept_total", "Rows that a dead worker had left behind.")
effects = Counter("bot_effects_total", "Effects by what became of them.", ["kind", "state"])
backlog = Gauge("bot_backlog", "Rows that wait: inbox new, outbox queued.", ["what"])
streams = Gauge("bot_streams", "Open streams of this process.")
listens = Gauge("bot_listens", "Whether this process holds the line of a channel.", ["channel"])
listen_failed = Counter("bot_listen_failed_total", "Lines of a channel that broke, by why.", ["channel", "reason"])
odd = Counter("bot_odd_total", "Small things that went wrong and harm nobody.", ["what"])
worker_failed = Counter("bot_worker_failed_total", "Rounds of a worker loop that ended in an error.", ["work"])
