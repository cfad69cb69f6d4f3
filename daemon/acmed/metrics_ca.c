/* SPDX-License-Identifier: MIT */
#include "metrics_family.h"

#include "budget.h"

static void put(const struct metrics_page *page, const struct ca *ca,
	const char *label, const char *text, double value)
{
	const struct exposition_label labels[] = {
		{"ca", ca_name(ca)}, {label, text}, {0}};

	exposition_sample(page->out, page->family, labels, value);
}

/* Calls for each that was asked in this run. */
static void each(const struct metrics_page *page,
	void (*write)(const struct metrics_page *page, const struct ca *ca,
		const struct ca_health *health))
{
	const struct fleet *fleet = page->source->fleet;

	for (size_t i = 0; i < fleet->ca_count; i++) {
		const struct ca *ca = fleet->cas[i];
		const struct ca_health *health =
			exchange_health(ca_exchange(ca));
		if (!ca_is_staging(ca) && (health->reached || health->failed))
			write(page, ca, health);
	}
}

static void put_up(const struct metrics_page *page, const struct ca *ca,
	const struct ca_health *health)
{
	put(page, ca, NULL, NULL, !health->failures);
}

static void put_failures(const struct metrics_page *page, const struct ca *ca,
	const struct ca_health *health)
{
	put(page, ca, NULL, NULL, health->failures);
}

static void put_reached(const struct metrics_page *page, const struct ca *ca,
	const struct ca_health *health)
{
	if (health->reached)
		put(page, ca, NULL, NULL, (double)health->reached);
}

static void put_orders(const struct metrics_page *page, const struct ca *ca,
	const struct ca_health *health)
{
	(void)health;
	put(page, ca, NULL, NULL, (double)ca_orders(ca));
}

static void put_limits(const struct metrics_page *page, const struct ca *ca,
	const struct ca_health *health)
{
	const struct fleet *fleet = page->source->fleet;
	const struct config_ca *config =
		config_find_ca(fleet->snapshot->config, ca_name(ca));

	(void)health;
	for (unsigned i = 0; config && i < LIMIT_KINDS; i++) {
		enum limit_kind kind = (enum limit_kind)i;
		int64_t left = budget_left(fleet, config, kind, page->now);
		if (left >= 0)
			put(page, ca, "limit", limit_name(kind), (double)left);
	}
}

static void write_up(const struct metrics_page *page)
{
	each(page, put_up);
}

static void write_failures(const struct metrics_page *page)
{
	each(page, put_failures);
}

static void write_reached(const struct metrics_page *page)
{
	each(page, put_reached);
}

static void write_orders(const struct metrics_page *page)
{
	each(page, put_orders);
}

static void write_limits(const struct metrics_page *page)
{
	each(page, put_limits);
}

static void put_step(void *data, const char *ca, const char *step,
	const struct histogram *histogram)
{
	const struct metrics_page *page = data;
	const struct exposition_label labels[] = {
		{"ca", ca}, {"step", step}, {0}};

	exposition_histogram(page->out, page->family, labels, histogram);
}

static void write_steps(const struct metrics_page *page)
{
	tally_each_step(page->source->tally, put_step, (void *)page);
}

#define GAUGE(name, write, help) \
	{ \
		"acmed_" name, EXPOSITION_GAUGE, help, write, NULL \
	}

const struct metrics_family METRICS_OF_CAS[] = {
	GAUGE("ca_up", write_up,
		"Whether the CA answered when it was asked last."),
	GAUGE("ca_failed_requests", write_failures,
		"Requests in a row that the CA did not answer."),
	GAUGE("ca_reached_timestamp_seconds", write_reached,
		"When the CA answered last."),
	GAUGE("ca_orders", write_orders, "Orders in flight."),
	GAUGE("ca_limit_left", write_limits,
		"What the limits of the CA still allow, as acmed counts, for "
		"the name or domain with fewest left."),
	{"acmed_order_step_duration_seconds", EXPOSITION_HISTOGRAM,
		"How long each step of an order took.", write_steps, NULL},
	{0},
};
