// SPDX-License-Identifier: GPL-2.0
// Reads URLs, a line each, and waits for each of them in a thread of its own:
// starting a virtual machine takes longer than anything else here.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;

public class Client {
	public static void main(String[] args) throws IOException {
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		String line;

		System.out.println("ready");
		while ((line = in.readLine()) != null) {
			String url = line;
			Thread thread = new Thread(() -> fetch(url));
			thread.setDaemon(true);
			thread.start();
		}
	}

	static void fetch(String url) {
		try {
			new URL(url).openStream().close();
		} catch (IOException e) {
			System.out.println(e);
		}
	}
}
