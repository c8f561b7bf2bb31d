// SPDX-License-Identifier: GPL-2.0
/* Words without "=", and blanks in the wrong place. */
#include <stdlib.h>
#include <string.h>

#include "rule/key.h"
#include "words/repair.h"

static const char * const unit_words[] = {
	"ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins",
	"minute", "minutes", "h", "hr", "hrs", "hour", "hours", NULL,
};

static const char * const skip_words[] = {
	"skip", "allow", "accept", "pass", "ignore", "except", "exempt",
	"bypass", "permit", NULL,
};

static const char * const needless_words[] = {
	"tcp", "ip", "ip6", "inet", "rule", "match", "set", "with", "and",
	"then", "add", "insert", "append", "-a", "-i", "-p", "-m", "if", "when",
	"for", "use", "meta", "th", "->", "&&", "||", "or", "option", "}", "]", "-",
	"-j", "output", "input", NULL,
};

static const char * const comment_words[] = { ";", "//", "--", "rem", NULL };

static bool has(struct kap_text w, char c)
{
	return memchr(w.s, c, kap_word_length(w));
}

/* The part of a word in front of its "=", or nothing. */
static struct kap_text key_of(struct kap_text w)
{
	const char *is = memchr(w.s, '=', kap_word_length(w));

	return (struct kap_text){ w.s, is ? is : w.s };
}

static bool is_list_key(struct kap_text key)
{
	static const char * const lists[] = {
		"port", "lport", "rport", "laddr", "raddr", "uid", NULL,
	};

	return kap_word_is(key, lists);
}

static bool is_duration_key(struct kap_text key)
{
	static const char * const durations[] = {
		"idle", "intvl", "user_timeout", "detect", NULL,
	};

	return kap_word_is(key, durations);
}

static bool is_element(struct kap_text w)
{
	if (*w.s == '-')
		return w.end - w.s == 1 || (w.s[1] >= '0' && w.s[1] <= '9');
	return (*w.s >= '0' && *w.s <= '9') || strchr(",:/", *w.s) ||
	       has(w, '.') || has(w, ':') || has(w, ',');
}

/* "idle = 30s", "idle =30s", "idle 30s", "port: 80", "port:80" */
static bool fix_equals(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text w = p->word, next = kap_word_behind(p, w), gap;
	const char *colon = memchr(w.s, ':', kap_word_length(w)), *key;
	struct kap_text name = { w.s, colon ? colon : w.end };

	key = kap_key_meant(name);
	/* "ip daddr 10.0.0.1", "tcp dport 80": a family is no key there */
	if (!key || (kap_word_is(w, needless_words) && kap_key_meant(next)))
		return false;
	gap = (struct kap_text){ name.end, next.s };
	if (colon && colon + 1 < w.end) {
		gap.end = colon + 1;
	} else if (next.s == next.end) {
		kap_repair_hint(r, "%s needs a value: %s=...", key, key);
		return true;
	} else if (kap_word_length(next) == 1 && *next.s == '=') {
		gap.end = kap_word_behind(p, next).s;
	} else if (*next.s == '=') {
		gap.end = next.s + 1;
	} else if (has(next, '=')) {
		kap_repair_hint(r, "%s needs a value: %s=...", key, key);
		return true;
	}
	kap_repair_hint(r, "key=value, with = and without blanks");
	kap_repair_replace(r, gap, "=");
	return true;
}

/* Does the word begin with "KEY:"? Then it is no IPv6 address. */
static bool has_key(struct kap_text w)
{
	const char *colon = memchr(w.s, ':', kap_word_length(w));

	return colon && kap_key_meant((struct kap_text){ w.s, colon });
}

/* Join a word with the value in front of it: "80, 443", "30 s". */
static bool fix_joined(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text w = p->word, prev = kap_word_before(p, w), key;
	struct kap_text gap = { prev.end, w.s };
	struct kap_text next = kap_word_behind(p, w);

	if (prev.s == prev.end)
		return false;
	key = key_of(prev);
	if (is_duration_key(key) && kap_word_is(w, unit_words) &&
	    prev.end[-1] >= '0' && prev.end[-1] <= '9') {
		kap_repair_hint(r, "no blank between a number and its unit");
		kap_repair_replace(r, gap, "%s", "");
	} else if (is_list_key(key) && is_element(w) && !has_key(w)) {
		bool comma = strchr(",-{", prev.end[-1]) || strchr(",-/", *w.s);

		kap_repair_hint(r, "a list has commas and no blanks");
		/* "80 - 90" */
		if (kap_word_length(w) == 1 && *w.s == '-' && next.s < next.end)
			kap_repair_replace(r, (struct kap_text){ prev.end, next.s },
					   "-");
		else
			kap_repair_replace(r, gap, "%s", comma ? "" : ",");
	} else if (kap_word_length(key) == 4 && !memcmp(key.s, "name", 4)) {
		kap_repair_hint(r, "a name has no blanks");
		kap_repair_replace(r, gap, "-");
	} else {
		return false;
	}
	return true;
}

static bool fix_comment(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text first = { p->word.s, p->word.s + 1 };

	if (*p->word.s == '[' && p->word.s == p->line &&
	    !has(p->word, ':')) {
		kap_repair_hint(r, "there are no sections: one rule a line, # for a comment");
		first.end = first.s;
	} else if (*p->word.s == ';' || kap_word_is(p->word, comment_words) ||
		   !strncmp(p->word.s, "//", 2)) {
		kap_repair_hint(r, "a comment begins with #");
		first.end += first.s[0] == '/' || first.s[0] == '-';
	} else {
		return false;
	}
	kap_repair_replace(r, first, "#");
	return true;
}

static bool fix_command(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const del[] = {
		"delete", "remove", "rm", "drop", NULL,
	};
	static const char * const include[] = {
		"include", "source", ".", NULL,
	};
	static const char * const flush[] = { "clear", "reset", "empty", NULL };
	static const char * const kapctl[] = {
		"load", "save", "check", "show", "list", "enable", "disable",
		"apply", "stats", "kapctl", NULL,
	};

	if (p->error != KAP_E_COMMAND)
		return false;
	if (kap_word_is(p->word, del)) {
		kap_repair_hint(r, "rules are deleted by: kapctl del name=X");
		return true;
	}
	if (kap_word_is(p->word, flush)) {
		kap_repair_hint(r, "all rules are deleted by: kapctl flush");
		return true;
	}
	if (kap_word_is(p->word, kapctl)) {
		kap_repair_hint(r, "this is a command for the shell: here, there are only rules");
		return true;
	}
	if (kap_word_is(p->word, include)) {
		kap_repair_hint(r, "files are named to load, which reads all *.conf of /etc/kapolicy/rules.d by itself");
		return true;
	}
	return false;
}

/* "del 5" and "del pg" */
static bool fix_del(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text next = kap_word_behind(p, p->word);
	struct kap_text prev = kap_word_before(p, p->word);
	int len = kap_word_length(p->word);

	if (next.s < next.end || has(prev, '='))
		kap_repair_hint(r, "one rule at a time");
	else if (strspn(p->word.s, "0123456789") >= kap_word_length(p->word))
		kap_repair_replace(r, p->word, "id=%.*s", len, p->word.s);
	else if (!has(p->word, '='))
		kap_repair_replace(r, p->word, "name=%.*s", len, p->word.s);
	return true;
}

/* A missing value often stands behind a blank. */
static bool fix_empty(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text next = kap_word_behind(p, p->word), gap;
	bool comma = p->word.end[-1] == ',';

	if (next.s < next.end && !has(next, '=') && !kap_key_meant(next)) {
		gap = (struct kap_text){ p->word.end, next.s };
		kap_repair_hint(r, comma ? "a list has commas and no blanks" :
					   "key=value, with = and without blanks");
		kap_repair_replace(r, gap, "%s", "");
	} else if (p->value.s < p->value.end) {
		/* a comma too many, in front of @at or at it */
		gap = (struct kap_text){ p->at.s, p->at.s + 1 };
		if (*gap.s != ',')
			gap = (struct kap_text){ p->at.s - 1, p->at.s };
		kap_repair_hint(r, "one comma between two elements, none behind the last");
		kap_repair_replace(r, gap, "%s", "");
	} else {
		kap_repair_hint(r, "give it a value, or leave the key out");
	}
	return true;
}

/* Join the values of a key that is given twice to one list. */
static bool fix_repeated(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text key = { p->word.s, p->value.s - 1 }, first;
	size_t len = kap_word_length(key) + 1;

	kap_repair_hint(r, "each key once; every key of a rule must match");
	first = (struct kap_text){ p->line, p->line };
	do {
		first = kap_word_behind(p, first);
	} while (strncmp(first.s, p->word.s, len));
	if (!is_list_key(key)) {
		kap_repair_drop(r, p->word);
		return true;
	}
	kap_repair_hint(r, "each key once, with a list");
	/* keep the words between the two, behind the list */
	kap_repair_replace(r, (struct kap_text){ first.end, p->word.end },
			   ",%.*s%.*s",
			   (int)kap_word_length(p->value), p->value.s,
			   (int)(kap_word_before(p, p->word).end - first.end),
			   first.end);
	return true;
}

/**
 * kap_fix_word - a word that is no key=value, a key without value, or twice
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_word(const struct kap_problem *p, struct kap_repair *r)
{
	if (p->error == KAP_E_EMPTY)
		return fix_empty(p, r);
	if (p->error == KAP_E_REPEATED)
		return fix_repeated(p, r);
	if (p->error == KAP_E_DEL)
		return fix_del(p, r);
	if (p->error != KAP_E_WORD && p->error != KAP_E_COMMAND)
		return false;
	if (fix_comment(p, r) || fix_command(p, r) || fix_joined(p, r) ||
	    fix_equals(p, r))
		return true;
	if (kap_word_is(p->word, skip_words)) {
		kap_repair_hint(r, "to leave connections alone: action=skip");
		kap_repair_replace(r, p->word, "action=skip");
	} else if (kap_word_is(p->word, needless_words)) {
		kap_repair_hint(r, "a rule is key=value words and nothing else");
		kap_repair_drop(r, p->word);
	} else if (has(p->word, '$')) {
		kap_repair_hint(r, "there are no variables here");
	} else if (has(p->word, '<') || has(p->word, '>')) {
		kap_repair_hint(r, "there is no < and no >: a range has a dash, such as 1024-65535");
	} else if (*p->word.s == '{' || *p->word.s == '"') {
		kap_repair_hint(r, "this is no JSON: a rule is KEY=VALUE words, such as port=5432 detect=30s");
	} else if (kap_word_length(p->word) == 1 && *p->word.s == '\\') {
		kap_repair_hint(r, "a rule is one line: it cannot go on in the next one");
	} else if (kap_word_length(p->word) == 1 && *p->word.s == '=') {
		kap_repair_hint(r, "key=value, with = and without blanks");
		kap_repair_drop(r, p->word);
	} else if (!kap_fix_endpoint(p, r)) {
		kap_repair_hint(r, "every word is KEY=VALUE, such as port=5432: kapctl help add");
	}
	return true;
}
